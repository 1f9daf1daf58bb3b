package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReconnectingJobStoreTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final QueueSettings settings = QueueSettings.memory("q").withSize(2);
    private final List<Promise<JobStore>> attempts = new ArrayList<>();
    private final HeardHints hints = new HeardHints();
    private final ReconnectingJobStore store = new ReconnectingJobStore(loop, "q", () -> {
        attempts.add(Promise.promise());
        return last().future();
    });

    private Promise<JobStore> last() {
        return attempts.get(attempts.size() - 1);
    }

    private MemoryStore open() {
        var opened = new MemoryStore(loop, settings);
        last().complete(opened);
        loop.runReady();
        return opened;
    }

    private void fail(String why) {
        last().fail(new IllegalStateException(why));
        loop.runReady();
    }

    private Future<List<PutResult>> put() {
        return store.put(List.of(NewJob.of("1")));
    }

    @Test
    void operations_waitForTheAttemptUnderWay() {
        store.listen(hints);
        Future<List<PutResult>> put = put();
        Future<Void> ready = store.ready();

        assertThat(put.isComplete()).isFalse();
        assertThat(ready.isComplete()).isFalse();
        open();
        assertThat(put.result()).extracting(PutResult::id).containsExactly("1");
        assertThat(ready.succeeded()).isTrue();
        assertThat(store.take(1).result()).extracting(Job::id).containsExactly("1");
    }

    @Test
    void failure_isWhatOperationsSay_untilTheNextAttempt() {
        Future<List<PutResult>> waiting = put();
        fail("down");

        assertThat(waiting.cause()).hasMessage("down");
        assertThat(put().cause()).hasMessage("down");
        assertThat(store.ready().cause()).hasMessage("down");
        loop.advance(ReconnectingJobStore.SHORTEST_PAUSE);
        assertThat(attempts).hasSize(2);
        Future<List<PutResult>> next = put();
        assertThat(next.isComplete()).isFalse();
        open();
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void pauses_growToABound_andAttemptsGoOn() {
        for (int failures = 0; failures < 20; failures++) {
            fail("down");
            loop.advance(ReconnectingJobStore.LONGEST_PAUSE);
        }

        assertThat(attempts).hasSize(21);
        open();
        assertThat(put().succeeded()).isTrue();
        loop.advance(Duration.ofMinutes(1));
        assertThat(attempts).hasSize(21);
    }

    @Test
    void opened_tellsThatThingsMayHaveChanged() {
        store.listen(hints);
        fail("down");
        loop.advance(ReconnectingJobStore.SHORTEST_PAUSE);
        assertThat(hints.ready).isZero();
        open();

        assertThat(List.of(hints.ready, hints.idle)).containsOnly(1);
        assertThat(hints.room).isPositive();
        assertThatThrownBy(() -> store.listen(hints)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void end_failsWhoWaits_andTriesNoMore() {
        Future<List<PutResult>> waiting = put();
        assertThat(store.end().succeeded()).isTrue();

        assertThat(waiting.cause()).isInstanceOf(QueueException.class);
        fail("down");
        loop.advance(Duration.ofMinutes(1));
        assertThat(attempts).hasSize(1);
    }

    @Test
    void end_betweenTwoAttempts_triesNoMore() {
        fail("down");
        store.end();
        loop.advance(Duration.ofMinutes(1));

        assertThat(attempts).hasSize(1);
    }

    @Test
    void storeThatOpensAfterTheEnd_isEnded() {
        store.end();
        MemoryStore late = open();

        assertThat(late.put(List.of(NewJob.of("1"))).failed()).isTrue();
    }

    @Test
    void end_endsTheOpenStore() {
        MemoryStore opened = open();
        store.end();

        assertThat(opened.put(List.of(NewJob.of("1"))).failed()).isTrue();
    }
}
