package dev.muster.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.task.CancelledException;
import dev.muster.task.KernelTest;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueTest extends KernelTest {

    private Task<Boolean> taker(Queue<String> queue, String name) {
        return tasks.start(name, scope -> queue.take(scope).map(item -> trail.add(name + " took " + item)));
    }

    private Task<Boolean> putter(Queue<String> queue, String item) {
        return tasks.start("put " + item, scope -> queue.put(scope, item).map(put -> trail.add("put " + item)));
    }

    private void inTurn(Runnable... starts) {
        for (Runnable start : starts) {
            start.run();
            loop.runReady();
        }
    }

    @Test
    void items_comeOutInTheirOrder_withoutWaiting() {
        var queue = new Queue<String>(loop, 3);
        valueOf(scope -> {
            List.of("a", "b", "c")
                    .forEach(item ->
                            assertThat(queue.put(scope, item).isComplete()).isTrue());
            assertThat(queue.statistics()).isEqualTo(new Queue.Statistics(3, 3, 0, 0, 3, false));
            assertThat(queue.take(scope).result()).isEqualTo("a");
            assertThat(queue.tryTake()).isEqualTo("b");
            assertThat(queue.tryTake()).isEqualTo("c");
            assertThat(queue.tryTake()).isNull();
            return Future.succeededFuture();
        });
    }

    @Test
    void fullQueue_putsWaitForRoomInTheirOrder() {
        var queue = new Queue<String>(loop, 1);
        inTurn(() -> putter(queue, "a"), () -> putter(queue, "b"), () -> putter(queue, "c"));
        assertThat(trail).containsExactly("put a");
        assertThat(queue.statistics().waitingPutters()).isEqualTo(2);
        assertThat(queue.tryTake()).isEqualTo("a");
        assertThat(queue.tryPut("late")).isFalse();
        assertThat(queue.tryTake()).isEqualTo("b");
        assertThat(queue.tryTake()).isEqualTo("c");
        loop.run();

        assertThat(trail).containsExactlyInAnyOrder("put a", "put b", "put c");
    }

    @Test
    void emptyQueue_takersAreServedInTheirOrder() {
        var queue = new Queue<String>(loop, 5);
        inTurn(() -> taker(queue, "one"), () -> taker(queue, "two"));
        assertThat(queue.statistics().waitingTakers()).isEqualTo(2);
        inTurn(() -> queue.tryPut("a"), () -> queue.tryPut("b"));

        assertThat(trail).containsExactly("one took a", "two took b");
        assertThat(queue.statistics().size()).isZero();
    }

    @Test
    void tryPut_fullQueue_isFalse() {
        var queue = new Queue<String>(loop, 1);

        assertThat(queue.tryPut("a")).isTrue();
        assertThat(queue.tryPut("b")).isFalse();
        assertThatThrownBy(() -> queue.tryPut(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void waitingTakerIsCancelled_theItemGoesToTheNext() {
        var queue = new Queue<String>(loop, 5);
        inTurn(() -> taker(queue, "one").cancel(caller()), () -> taker(queue, "two"));
        queue.tryPut("a");
        loop.run();

        assertThat(trail).containsExactly("two took a");
    }

    @Test
    void takerIsCancelledInTheMomentItIsHandedAnItem_theItemReturnsToTheHead() {
        var queue = new Queue<String>(loop, 5);
        var takers = new ArrayList<Task<Boolean>>();
        inTurn(() -> takers.add(taker(queue, "one")));
        queue.tryPut("a");
        queue.tryPut("b");
        takers.get(0).cancel(caller());
        loop.run();

        assertThat(takers.get(0).state()).isEqualTo(State.CANCELLED);
        assertThat(queue.tryTake()).isEqualTo("a");
        assertThat(queue.tryTake()).isEqualTo("b");
    }

    @Test
    void takerIsCancelledInTheMomentItIsHandedAnItem_theNextTakerGetsIt() {
        var queue = new Queue<String>(loop, 5);
        var takers = new ArrayList<Task<Boolean>>();
        inTurn(() -> takers.add(taker(queue, "one")), () -> taker(queue, "two"));
        queue.tryPut("a");
        takers.get(0).cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("two took a");
    }

    @Test
    void waitingPutterIsCancelled_itsItemIsNotPut() {
        var queue = new Queue<String>(loop, 1);
        var putters = new ArrayList<Task<Boolean>>();
        inTurn(() -> putter(queue, "a"), () -> putters.add(putter(queue, "b")), () -> putter(queue, "c"));
        putters.get(0).cancel(caller());
        assertThat(queue.tryTake()).isEqualTo("a");
        assertThat(queue.tryTake()).isEqualTo("c");
        loop.run();

        assertThat(queue.statistics().unfinished()).isEqualTo(2);
    }

    @Test
    void putterIsCancelledInTheMomentItsItemIsLetIn_theItemIsThereOnce() {
        var queue = new Queue<String>(loop, 1);
        var putters = new ArrayList<Task<Boolean>>();
        inTurn(() -> putter(queue, "a"), () -> putters.add(putter(queue, "b")));
        queue.tryTake();
        putters.get(0).cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("put a", "put b");
        assertThat(queue.tryTake()).isEqualTo("b");
        assertThat(queue.tryTake()).isNull();
    }

    @Test
    void cancelledScope_neitherPutsNorTakes() {
        var queue = new Queue<String>(loop, 5);
        queue.tryPut("a");
        Throwable failure = failureOf((Scope scope) -> {
            scope.task().cancel(caller());
            assertThat(queue.put(scope, "b").failed()).isTrue();
            return queue.take(scope);
        });

        assertThat(failure).isInstanceOf(CancelledException.class);
        assertThat(queue.statistics().size()).isEqualTo(1);
    }

    // ---- close

    @Test
    void close_refusesPuts_takesDrainTheRest() {
        var queue = new Queue<String>(loop, 5);
        queue.tryPut("a");
        queue.tryPut("b");
        queue.close();
        queue.close();

        assertThat(failureOf(scope -> queue.put(scope, "c"))).isInstanceOf(QueueClosedException.class);
        assertThatThrownBy(() -> queue.tryPut("c")).isInstanceOf(QueueClosedException.class);
        String first = valueOf(queue::take);
        assertThat(first).isEqualTo("a");
        assertThat(queue.tryTake()).isEqualTo("b");
        assertThat(queue.tryTake()).isNull();
        assertThat(failureOf(queue::take))
                .isInstanceOf(QueueClosedException.class)
                .hasMessage("the queue is closed and empty");
    }

    @Test
    void close_wakesWaitingTakersAndPutters() {
        var empty = new Queue<String>(loop, 1);
        var full = new Queue<String>(loop, 1);
        var waiting = new ArrayList<Task<Boolean>>();
        inTurn(() -> waiting.add(taker(empty, "one")), () -> putter(full, "a"), () -> waiting.add(putter(full, "b")));
        empty.close();
        full.close();
        waiting.forEach(task -> task.onEnd(ended -> {}));
        loop.run();

        assertThat(waiting).allSatisfy(task -> assertThat(task.failure()).isInstanceOf(QueueClosedException.class));
        assertThat(full.statistics()).isEqualTo(new Queue.Statistics(1, 1, 0, 0, 1, true));
    }

    @Test
    void close_whileAnItemIsOnItsWayToACancelledTaker_anotherTakerStillGetsIt() {
        var queue = new Queue<String>(loop, 1);
        var takers = new ArrayList<Task<Boolean>>();
        inTurn(
                () -> takers.add(taker(queue, "one")),
                () -> takers.add(taker(queue, "two")),
                () -> takers.add(taker(queue, "three")));
        queue.tryPut("a");
        takers.get(0).cancel(caller());
        queue.close();
        takers.forEach(task -> task.onEnd(ended -> {}));
        loop.run();

        assertThat(trail).containsExactly("two took a");
        assertThat(takers.get(2).failure()).isInstanceOf(QueueClosedException.class);
    }

    // ---- join

    @Test
    void join_waitsUntilEveryItemIsDone() {
        var queue = new Queue<String>(loop, 5);
        valueOf(scope -> {
            queue.tryPut("a");
            queue.tryPut("b");
            scope.start(
                    "worker",
                    own -> Repeat.whileTrue(
                            own,
                            () -> queue.take(own)
                                    .compose(item -> own.sleep(ms(10)).map(slept -> {
                                        queue.taskDone();
                                        return !item.equals("b");
                                    }))));
            return queue.join(scope).map(done -> trail.add("joined at " + nowMs()));
        });

        assertThat(trail).containsExactly("joined at 20");
    }

    @Test
    void join_ofAnUnusedQueue_doesNotWait() {
        var queue = new Queue<String>(loop, 5);
        valueOf(scope -> {
            assertThat(queue.join(scope).isComplete()).isTrue();
            return queue.join(scope);
        });
    }

    @Test
    void taskDone_tooOften_isRefused() {
        var queue = new Queue<String>(loop, 5);
        queue.tryPut("a");
        queue.tryTake();
        queue.taskDone();

        assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void capacityOfZero_isRefused() {
        assertThatThrownBy(() -> new Queue<>(loop, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void producersAndConsumers_everyItemArrivesOnce() {
        var queue = new Queue<Integer>(loop, 5);
        var got = new ArrayList<Integer>();
        valueOf(scope -> {
            var producers = new ArrayList<Task<Void>>();
            for (int p = 0; p < 2; p++) {
                int[] next = {p * 1_000};
                int end = next[0] + 1_000;
                producers.add(scope.start(
                        "producer",
                        own -> Repeat.whileTrue(
                                own, () -> queue.put(own, next[0]++).map(put -> next[0] < end))));
            }
            for (int c = 0; c < 3; c++) {
                scope.start(
                        "consumer",
                        own -> Repeat.whileTrue(
                                        own,
                                        () -> queue.take(own).map(item -> {
                                            got.add(item);
                                            queue.taskDone();
                                            return true;
                                        }))
                                .recover(closed -> closed instanceof QueueClosedException
                                        ? Future.succeededFuture()
                                        : Future.failedFuture(closed)));
            }
            return scope.gather(producers).compose(put -> queue.join(scope)).map(done -> {
                queue.close();
                return null;
            });
        });

        assertThat(got).hasSize(2_000).doesNotHaveDuplicates();
    }
}
