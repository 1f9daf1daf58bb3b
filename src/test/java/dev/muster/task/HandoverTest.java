package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import dev.muster.sync.Lock;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is granted reaches its reader or goes back, whichever step a cancel comes in: in order, and over shuffled seeds. */
class HandoverTest {

    private static final int SEEDS = 96;

    private static void everySchedule(Function<VirtualLoop, Runnable> test) {
        for (long seed = 0; seed <= SEEDS; seed++) {
            VirtualLoop loop = seed == 0 ? VirtualLoop.inOrder() : VirtualLoop.shuffled(seed);
            try {
                test.apply(loop).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** Has something done after a random number of further steps of the loop. */
    private static void afterSteps(VirtualLoop loop, int steps, Runnable then) {
        if (steps == 0) {
            then.run();
        } else {
            loop.execute(() -> afterSteps(loop, steps - 1, then));
        }
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private static List<Integer> left(Queue<Integer> queue) {
        var left = new ArrayList<Integer>();
        for (Integer item = queue.tryTake(); item != null; item = queue.tryTake()) {
            left.add(item);
        }
        return left;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void timedTake_callerIsCancelled_theItemIsThereOrWasRead(int steps) {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var queue = new Queue<Integer>(loop, 4);
            var read = new ArrayList<Integer>();
            Task<Object> caller = tasks.start(
                    "caller",
                    scope -> scope.<Integer>timeout(ms(100), "take", own -> queue.take(own))
                            .onSuccess(read::add)
                            .mapEmpty());
            caller.onEnd(ended -> {});
            loop.schedule(ms(10), () -> {
                queue.tryPut(1);
                afterSteps(loop, steps, () -> caller.cancel(CancelReason.of("left")));
            });
            loop.run();

            read.addAll(left(queue));
            assertThat(read).containsExactly(1);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void timedAcquire_callerIsCancelled_thePermitIsFreeOrHeld(int steps) {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var one = new Semaphore(loop, 1);
            one.tryAcquire();
            int[] held = {0};
            Task<Object> caller = tasks.start(
                    "caller",
                    scope -> scope.<Void>timeout(ms(100), "acquire", own -> one.acquire(own))
                            .onSuccess(got -> held[0]++)
                            .mapEmpty());
            caller.onEnd(ended -> {});
            loop.schedule(ms(10), () -> {
                one.release();
                afterSteps(loop, steps, () -> caller.cancel(CancelReason.of("left")));
            });
            loop.run();

            assertThat(one.statistics().available() + held[0]).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void limitedTake_callerIsCancelledOrTooLate_theItemIsThereOrWasRead(int steps) {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var queue = new Queue<Integer>(loop, 4);
            var read = new ArrayList<Integer>();
            Task<Integer> caller =
                    tasks.start("caller", scope -> queue.take(scope, ms(10)).onSuccess(read::add));
            caller.onEnd(ended -> {});
            loop.schedule(ms(10), () -> queue.tryPut(1));
            loop.schedule(ms(10), () -> afterSteps(loop, steps, () -> caller.cancel(CancelReason.of("left"))));
            loop.run();

            read.addAll(left(queue));
            assertThat(read).containsExactly(1);
            assertThat(loop.waitingTimers()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void lockOnItsWay_callerIsCancelled_theNextGetsIt(int steps) {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var lock = new Lock(loop);
            var order = new ArrayList<String>();
            tasks.start("first", scope -> lock.with(scope, own -> own.sleep(ms(10))));
            Task<Object> second = tasks.start(
                    "second",
                    scope -> scope.sleep(ms(1))
                            .compose(later -> lock.with(scope, own -> {
                                order.add("second");
                                return own.sleep(ms(5)).mapEmpty();
                            })));
            second.onEnd(ended -> {});
            tasks.start(
                    "third",
                    scope -> scope.sleep(ms(2))
                            .compose(later -> lock.with(scope, own -> {
                                order.add("third");
                                return Future.succeededFuture();
                            })));
            loop.schedule(ms(10), () -> afterSteps(loop, steps, () -> second.cancel(CancelReason.of("left"))));
            loop.run();

            assertThat(order).contains("third");
            assertThat(lock.isHeld()).isFalse();
            assertThat(lock.statistics().waiting()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void eachOverAQueue_isCancelled_everyItemWasBegunOrIsThere(int steps) {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var queue = new Queue<Integer>(loop, 8);
            var begun = new ArrayList<Integer>();
            Task<Object> caller = tasks.start(
                    "caller",
                    scope -> scope.join(Each.start(
                                    scope,
                                    "each",
                                    3,
                                    Errors.COLLECT,
                                    queue.items(),
                                    (own, item, index) -> {
                                        begun.add(item);
                                        return own.sleep(ms(5));
                                    },
                                    (index, outcome) -> {}))
                            .mapEmpty());
            caller.onEnd(ended -> {});
            loop.schedule(ms(10), () -> {
                IntStream.rangeClosed(1, 5).forEach(queue::tryPut);
                afterSteps(loop, steps, () -> caller.cancel(CancelReason.of("left")));
            });
            loop.run();

            List<Integer> left = left(queue);
            assertThat(left).isSorted();
            begun.addAll(left);
            assertThat(begun).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        });
    }

    @Test
    void itemsThatComeBack_keepTheirOrderAndTheDocumentedBound() {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var queue = new Queue<Integer>(loop, 3);
            Task<Object> takers = tasks.start("takers", scope -> {
                for (int i = 0; i < 100; i++) {
                    scope.start("taker", queue::take);
                }
                return scope.suspend("ever", waiter -> reason -> true);
            });
            takers.onEnd(ended -> {});
            loop.runReady();
            int put = 0;
            while (queue.tryPut(put + 1)) {
                put++;
            }
            takers.cancel(CancelReason.of("left"));
            loop.run();

            // Three were on their way, and three stood in the queue: twice its capacity.
            assertThat(put).isEqualTo(6);
            assertThat(queue.statistics().size()).isEqualTo(6);
            assertThat(left(queue)).containsExactly(1, 2, 3, 4, 5, 6);
        });
    }

    @Test
    void itemThatComesBack_isThePriorityQueuesNext_andGoesToTheNextTaker() {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            Queue<Integer> queue = Queue.priority(loop, 3, Integer::compare);
            Task<Integer> first = tasks.start("first", queue::take);
            first.onEnd(ended -> {});
            loop.runReady();
            queue.tryPut(7);
            queue.tryPut(9);
            Task<Integer> second = tasks.start("second", queue::take);
            first.cancel(CancelReason.of("left"));
            loop.run();

            assertThat(second.result()).isIn(7, 9);
            assertThat(left(queue)).hasSize(1).doesNotContain(second.result());
        });
    }

    @Test
    void awaitOfAResource_isCancelledWhileItIsOnItsWay_theResourceIsReleased() {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            Promise<String> connection = Promise.promise();
            var used = new ArrayList<String>();
            var released = new ArrayList<String>();
            Task<Object> caller = tasks.start(
                    "caller",
                    scope -> scope.await("a connection", connection.future(), reason -> true, released::add)
                            .onSuccess(used::add)
                            .mapEmpty());
            caller.onEnd(ended -> {});
            loop.schedule(ms(5), () -> caller.cancel(CancelReason.of("left")));
            loop.schedule(ms(5), () -> connection.complete("c"));
            loop.run();

            used.addAll(released);
            assertThat(used).containsExactly("c");
            assertThat(caller.state()).isIn(State.CANCELLED, State.FINISHED);
        });
    }

    @Test
    void poolOfFour_handedRoundByTimedTakesThatAreCancelledAtRandom_losesNothing() {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var random = new Random(7);
            var pool = new Queue<Integer>(loop, 4);
            IntStream.range(0, 4).forEach(pool::tryPut);
            for (int i = 0; i < 200; i++) {
                Task<Object> caller = tasks.start(
                        "caller",
                        scope -> scope.<Integer>timeout(ms(3), "take", own -> pool.take(own))
                                .compose(item -> scope.sleep(ms(1)).eventually(() -> {
                                    pool.tryPut(item);
                                    return Future.succeededFuture();
                                }))
                                .mapEmpty());
                caller.onEnd(ended -> {});
                loop.schedule(
                        ms(random.nextInt(30)),
                        () -> afterSteps(loop, random.nextInt(6), () -> caller.cancel(CancelReason.of("left"))));
            }
            loop.run();

            assertThat(left(pool)).containsExactlyInAnyOrder(0, 1, 2, 3);
        });
    }

    @Test
    void joinOfATaskThatHasEnded_isCancelled_givesTheResultAllTheSame() {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            var got = new ArrayList<String>();
            Task<Object> caller = tasks.start("caller", scope -> {
                Task<String> child =
                        scope.start("child", own -> own.sleep(ms(5)).map("value"));
                child.onEnd(ended -> scope.task().cancel(CancelReason.of("left")));
                return scope.join(child).onSuccess(got::add).mapEmpty();
            });
            caller.onEnd(ended -> {});
            loop.run();

            assertThat(got).containsExactly("value");
            assertThat(caller.state()).isEqualTo(State.CANCELLED);
        });
    }

    @Test
    void sourceWithoutAWayBack_stillEnds() {
        everySchedule(loop -> () -> {
            Tasks tasks = Tasks.on(loop);
            Promise<Optional<Integer>> late = Promise.promise();
            Task<Object> caller = tasks.start(
                    "caller",
                    scope -> scope.join(Each.<Integer, Integer>start(
                                    scope,
                                    "each",
                                    1,
                                    Errors.COLLECT,
                                    late::future,
                                    (own, item, index) -> Future.succeededFuture(item),
                                    (index, outcome) -> {}))
                            .mapEmpty());
            caller.onEnd(ended -> {});
            loop.schedule(ms(1), () -> caller.cancel(CancelReason.of("left")));
            loop.schedule(ms(2), () -> late.complete(Optional.of(1)));
            loop.run();

            assertThat(caller.state()).isEqualTo(State.CANCELLED);
            assertThat(tasks.statistics().live()).isZero();
        });
    }
}
