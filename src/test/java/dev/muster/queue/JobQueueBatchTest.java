package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.VirtualLoop;
import dev.muster.task.KernelTest;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that are put or settled together. */
class JobQueueBatchTest extends KernelTest {

    private final List<List<String>> told = new ArrayList<>();
    private MemoryStore memory;
    private SlowStore slow;
    private JobQueue queue;

    @AfterEach
    void nobodyIsLeft() {
        JobQueue.Statistics left = queue.statistics();
        assertThat(left.waitingPuts() + left.waitingTakes() + left.settling())
                .as("who waits: %s", left)
                .isZero();
        queue.end();
        loop.run();
    }

    private void open(int size) {
        QueueSettings settings = QueueSettings.memory("q").withSize(size);
        memory = new MemoryStore(loop, settings, longest -> longest);
        queue = new JobQueue(loop, settings, memory);
    }

    /** Over a store that needs 10 ms to do something and 10 ms to answer. */
    private void openSlow(int size) {
        QueueSettings settings = QueueSettings.memory("q").withSize(size);
        memory = new MemoryStore(loop, settings, longest -> longest);
        slow = new SlowStore(loop, memory, () -> ms(10));
        queue = new JobQueue(loop, settings, slow);
    }

    private static NewJob job(String name) {
        return NewJob.of("\"" + name + "\"");
    }

    private static List<NewJob> jobs(String... names) {
        return List.of(names).stream().map(JobQueueBatchTest::job).toList();
    }

    private static List<NewJob> jobs(int count) {
        return IntStream.range(0, count).mapToObj(i -> job("j" + i)).toList();
    }

    private Task<List<ItemResult<PutResult>>> put(List<NewJob> jobs) {
        Task<List<ItemResult<PutResult>>> task = tasks.start(
                "put",
                scope -> queue.putAll(scope, jobs)
                        .onSuccess(parts -> told.add(
                                parts.stream().map(JobQueueBatchTest::word).toList())));
        loop.runReady();
        return task;
    }

    private static String word(ItemResult<PutResult> part) {
        if (part.failure() instanceof QueueException refused) {
            return refused.kind().name();
        }
        return part.result() == null
                ? part.failure().getClass().getSimpleName()
                : part.result().verdict().name();
    }

    private List<String> take(int max) {
        Future<List<Job>> taken = queue.tryTake(max);
        loop.advance(ms(100));
        return StoreTest.names(taken.result());
    }

    @Test
    void batchThatFitsPartly_waitsWithTheRest_beforeWhoCameLater() {
        open(2);
        put(jobs("a", "b", "c", "d", "e"));
        put(jobs("f"));
        assertThat(queue.statistics().waitingPuts()).isEqualTo(4);
        assertThat(told).isEmpty();

        assertThat(take(2)).containsExactly("a", "b");
        assertThat(take(2)).containsExactly("c", "d");
        assertThat(take(2)).containsExactly("e", "f");
        assertThat(told)
                .containsExactly(
                        List.of("ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED", "ACCEPTED"), List.of("ACCEPTED"));
    }

    @Test
    void mixedBatch_tellsOfEachWhatBecameOfIt() {
        open(10);
        String tooLong = "\"" + "x".repeat(QueueSettings.memory("q").bodyBytes()) + "\"";
        put(List.of(job("a").withUnique("u"), NewJob.of(tooLong), job("b").withUnique("u"), job("c")));

        assertThat(told).containsExactly(List.of("ACCEPTED", "LIMIT", "EXISTING", "ACCEPTED"));
        assertThat(take(9)).containsExactly("a", "c");
    }

    @Test
    void fullQueue_uniqueWordsThatAreThere_areAnsweredAmongThoseThatWait() {
        open(2);
        put(List.of(job("a").withUnique("u"), job("b"), job("c"), job("d").withUnique("u"), job("e")));
        assertThat(queue.statistics().waitingPuts()).isEqualTo(2);

        assertThat(take(9)).containsExactly("a", "b");
        assertThat(take(9)).containsExactly("c", "e");
        assertThat(told).containsExactly(List.of("ACCEPTED", "ACCEPTED", "ACCEPTED", "EXISTING", "ACCEPTED"));
    }

    @Test
    void closedQueue_failsThoseThatWait_andKeepsTheOthers() {
        open(2);
        put(jobs("a", "b", "c", "d"));
        queue.close();
        loop.run();

        assertThat(told).containsExactly(List.of("ACCEPTED", "ACCEPTED", "CONFLICT", "CONFLICT"));
    }

    @Test
    void waitingBatchIsCancelled_whatIsInTheQueueIsTold_theNextGoesOn() {
        open(2);
        Task<?> first = put(jobs("a", "b", "c"));
        put(jobs("d"));
        first.cancel(caller());
        loop.runReady();

        assertThat(told).containsExactly(List.of("ACCEPTED", "ACCEPTED", "CancelledException"));
        assertThat(take(9)).containsExactly("a", "b");
        assertThat(take(9)).containsExactly("d");
    }

    @Test
    void batchIsCancelledWhileTheStoreHasAPart_thatPartsAnswerComes() {
        openSlow(2_000);
        put(jobs("a"));
        put(jobs(900));
        Task<?> batch = put(jobs(300));
        loop.advance(ms(25));
        batch.cancel(caller());
        loop.run();

        assertThat(slow.putSizes).containsExactly(1, 1_000);
        List<String> parts = told.get(2);
        assertThat(parts.subList(0, 100)).containsOnly("ACCEPTED");
        assertThat(parts.subList(100, 300)).containsOnly("CancelledException");
    }

    @Test
    void batchIsCancelledWhileTheFullStoreHasIt_theRestIsCancelled() {
        openSlow(2);
        Task<?> batch = put(jobs("a", "b", "c"));
        batch.cancel(caller());
        loop.run();

        assertThat(told).containsExactly(List.of("ACCEPTED", "ACCEPTED", "CancelledException"));
    }

    @Test
    void batchOfAnotherLoop_isCancelledInTheMidst() {
        open(2);
        var other = VirtualLoop.inOrder();
        Tasks there = Tasks.on(other);
        Task<List<ItemResult<PutResult>>> batch = there.start(
                "put",
                scope -> queue.putAll(scope, jobs("a", "b", "c"))
                        .onSuccess(parts -> told.add(
                                parts.stream().map(JobQueueBatchTest::word).toList())));
        both(other);
        assertThat(queue.statistics().waitingPuts()).isEqualTo(1);
        batch.cancel(caller());
        both(other);

        assertThat(told).containsExactly(List.of("ACCEPTED", "ACCEPTED", "CancelledException"));
        there.close();
        both(other);
    }

    private void both(VirtualLoop other) {
        for (int i = 0; i < 5; i++) {
            other.runReady();
            loop.runReady();
        }
    }

    @Test
    void emptyBatch_isAnsweredAtOnce_tooLargeOne_isRefused() {
        open(2);
        put(List.of());

        assertThat(told).containsExactly(List.of());
        assertThatThrownBy(() -> queue.tryPutAll(jobs(1_001)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000");
    }

    @Test
    void moreThanMayWait_theFirstOnesWait_theOthersAreRefused() {
        open(1);
        for (int i = 0; i < 10; i++) {
            put(jobs(1_000));
        }
        assertThat(queue.statistics().waitingPuts()).isEqualTo(9_999);
        put(jobs("a", "b"));
        queue.close();
        loop.run();

        assertThat(told).contains(List.of("CONFLICT", "BUSY"));
    }

    @Test
    void end_sendsAwayWhatWaits() {
        openSlow(1);
        put(jobs("a", "b"));
        queue.end();
        loop.run();

        assertThat(told).containsExactly(List.of("ACCEPTED", "ENDED"));
    }

    // ---- try

    @Test
    void tryPutAll_putsAsFarAsThereIsRoom_andWaitsForNone() {
        openSlow(3);
        Future<List<ItemResult<PutResult>>> tried = queue.tryPutAll(jobs(600));
        loop.advance(ms(20));

        assertThat(tried.isComplete()).isTrue();
        assertThat(tried.result())
                .extracting(JobQueueBatchTest::word)
                .startsWith("ACCEPTED", "ACCEPTED", "ACCEPTED", "FULL");
        assertThat(tried.result().subList(3, 600))
                .extracting(JobQueueBatchTest::word)
                .containsOnly("FULL");
        assertThat(queue.statistics().waitingPuts()).isZero();
    }

    @Test
    void whoTriesBehindACall_isAnsweredWithIt_evenIfThoseBeforeWait() {
        openSlow(1);
        put(jobs("a"));
        put(jobs(300));
        Future<List<ItemResult<PutResult>>> tried = queue.tryPutAll(jobs("b"));
        loop.advance(ms(100));

        assertThat(tried.result()).extracting(JobQueueBatchTest::word).containsExactly("FULL");
        queue.close();
        loop.run();
    }

    @Test
    void whoTriesAgainInItsAnswer_disturbsNobody() {
        openSlow(1);
        put(jobs("a"));
        queue.tryPutAll(jobs("b"))
                .onSuccess(full -> queue.tryPutAll(jobs("c", "d"))
                        .onSuccess(again -> told.add(
                                again.stream().map(JobQueueBatchTest::word).toList())));
        put(jobs("e"));
        queue.tryPutAll(jobs("f"));
        loop.advance(ms(200));
        assertThat(take(1)).containsExactly("a");
        assertThat(take(1)).containsExactly("e");

        assertThat(told).containsExactly(List.of("ACCEPTED"), List.of("FULL", "FULL"), List.of("ACCEPTED"));
    }

    // ---- the store

    @Test
    void batches_goToTheStoreTogether() {
        openSlow(2_000);
        put(jobs("a"));
        put(jobs(400));
        put(jobs(900));
        loop.run();

        assertThat(slow.putSizes).containsExactly(1, 1_000, 300);
        assertThat(queue.statistics().accepted()).isEqualTo(1_301);
    }

    @Test
    void storeOutOfReach_failsWhatItHad() {
        openSlow(1_000);
        put(jobs(2));
        slow.outOfReach = new IllegalStateException("gone");
        put(jobs(3));
        loop.run();

        assertThat(told)
                .containsExactlyInAnyOrder(
                        List.of("ACCEPTED", "ACCEPTED"),
                        List.of("IllegalStateException", "IllegalStateException", "IllegalStateException"));
    }

    // ---- settle

    @Test
    void settleAll_ofOneJobOneAtATime_inItsOrder() {
        openSlow(1_000);
        put(jobs(3));
        loop.advance(ms(100));
        Future<List<Job>> taken = queue.tryTake(3);
        loop.advance(ms(100));
        List<Settle> acks = taken.result().stream()
                .<Settle>map(job -> new Settle.Ack(job.id(), job.lease(), null))
                .toList();
        Settle late = new Settle.Release(acks.get(0).id(), acks.get(0).lease());
        Future<List<ItemResult<Settled>>> one = queue.settleAll(List.of(acks.get(0), acks.get(1), late));
        Future<List<ItemResult<Settled>>> two = queue.settleAll(List.of(acks.get(2)));
        loop.advance(ms(100));

        assertThat(slow.settleSizes).containsExactly(2, 2);
        assertThat(one.result()).extracting(part -> part.result().isApplied()).containsExactly(true, true, false);
        assertThat(two.result()).extracting(part -> part.result().isApplied()).containsExactly(true);
    }

    @Test
    void settleAll_moreThanGoTogether_areAllAnswered() {
        openSlow(2_000);
        put(jobs(900));
        put(jobs(250));
        loop.advance(ms(100));
        Future<List<Job>> first = queue.tryTake(900);
        loop.advance(ms(100));
        Future<List<Job>> second = queue.tryTake(900);
        loop.advance(ms(100));
        Future<List<ItemResult<Settled>>> settled = queue.settleAll(Stream.of(first, second)
                .flatMap(taken -> taken.result().stream())
                .<Settle>map(job -> new Settle.Ack(job.id(), job.lease(), null))
                .toList());
        loop.advance(ms(100));

        assertThat(slow.settleSizes)
                .as("150 are too few for a call beside another one")
                .containsExactly(1_000, 150);
        assertThat(settled.result())
                .hasSize(1_150)
                .allMatch(part -> part.result().state() == JobState.DONE);
    }
}
