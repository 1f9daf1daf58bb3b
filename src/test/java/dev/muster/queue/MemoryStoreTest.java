package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The store in memory: the contract, and what is its own. */
class MemoryStoreTest extends JobStoreContract {

    @Override
    protected StoreFixture open(QueueSettings settings, JobStore.Listener listener) {
        return MemoryFixture.open(settings, listener);
    }

    @Override
    protected QueueSettings defaults() {
        return QueueSettings.memory("test");
    }

    private MemoryStore memory() {
        return ((MemoryFixture) store).store;
    }

    @Test
    void lifo_theLastOneReadyIsTakenFirst_withinItsPriority() {
        open(settings().withOrder(QueueSettings.Order.LIFO));
        putAll(job("a"), job("b"), job("low").withPriority(-1));
        store.advance(ms(1));
        putNamed("c");

        assertThat(takeNames(4)).containsExactly("c", "b", "a", "low");
    }

    @Test
    void lifo_withinAKey_too() {
        open(settings().withOrder(QueueSettings.Order.LIFO).withKeys(java.util.OptionalInt.of(1), null));
        putAll(job("a1").withKey("a"), job("a2").withKey("a"));

        assertThat(takeNames(4)).containsExactly("a2");
    }

    @Test
    void bytes_boundTheBodiesOfUnfinishedJobs() {
        open(settings().withBytes(10, 10));
        assertThat(put(NewJob.of("\"12\u00fc4\""), NewJob.of("\"12\""), NewJob.of("1")))
                .extracting(PutResult::verdict)
                .containsExactly(PutResult.Verdict.ACCEPTED, PutResult.Verdict.FULL, PutResult.Verdict.FULL);
        Job job = takeOne();
        assertThat(put(NewJob.of("\"12\""))).as("leased ones count").containsExactly(PutResult.FULL);
        hints.room = 0;
        ack(job);
        store.until("there is room", () -> hints.room > 0);
        putAll(NewJob.of("\"12345678\""));
    }

    @Test
    void utf8Bytes_areThoseOfUtf8() {
        for (String text : List.of("", "abc", "\u00fc\u07ff", "\u0800\uffff", "a\ud83d\ude00b")) {
            assertThat(StoredJob.utf8Bytes(text))
                    .isEqualTo(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void deadJobs_beyondTheSize_areDropped_theOldestFirst() {
        open(settings().withSize(2));
        String first = putDead(job("a"));
        putDead(job("b"));
        putDead(job("c"));

        assertThat(counts().dead()).isEqualTo(2);
        assertThat(memory().dropped()).isEqualTo(1);
        assertThat(find(first)).isNull();
        redrive(10);
        assertThat(takeNames(10)).containsExactly("b", "c");
    }

    @Test
    void close_ofAFullQueue_hintsThoseWhoWaitForRoom_ifThereIsNoOtherHint() {
        open(settings().withSize(1));
        putOne(job("a"));
        put(job("b"));
        store.advance(ms(1));
        hints.room = 0;
        turn(StoreFixture.Switch.CLOSED, true);

        store.until("those who wait for room are told", () -> hints.room > 0);
    }

    @Test
    void time_isOneTimer() {
        open(settings().withKeys(java.util.OptionalInt.of(1), new QueueSettings.KeyRate(1, seconds(5))));
        for (int i = 0; i < 50; i++) {
            putAll(job("d" + i).withDelay(seconds(i + 1)), job("r" + i).withKey("k" + i % 5));
            take(1);
        }

        assertThat(((MemoryFixture) store).loop.waitingTimers()).isEqualTo(1);
    }

    @Test
    void listener_isOneAlone() {
        open();

        assertThatThrownBy(() -> memory().listen(hints)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void take_ofNone_isRefused() {
        open();

        assertThatThrownBy(() -> take(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
