package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.Loop;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Code of users may throw anything anywhere: the task fails with it and never hangs, and no state changes by half. */
class UsersCodeThrowsTest extends KernelTest {

    private static final class Fatal extends Error {
        private static final long serialVersionUID = 1L;

        Fatal(String message) {
            super(message, null, true, false);
        }
    }

    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new Fatal("message");
        }
    }

    private Throwable failureOfEach(Items<Integer> items, Each.Sink<Integer> sink) {
        return failureOf(scope -> scope.join(Each.start(
                scope,
                "each",
                2,
                Errors.tolerate(0.5),
                items,
                (own, item, index) -> own.sleep(ms(5)).map(item),
                sink)));
    }

    @Test
    void eachsSinkThrowsAnError_theTaskFailsWithIt() {
        Throwable failure = failureOfEach(Items.of(List.of(1, 2, 3).iterator(), 3), (index, outcome) -> {
            throw new Fatal("sink");
        });

        assertThat(failure).isInstanceOf(Fatal.class).hasMessage("sink");
    }

    @Test
    void itemsSizeThrows_theTaskFailsWithIt() {
        Throwable failure = failureOf(scope -> scope.join(Each.<Integer, Integer>start(
                scope,
                "each",
                2,
                Errors.tolerate(0.5),
                new Items<Integer>() {
                    @Override
                    public Future<Optional<Integer>> next() {
                        return Future.succeededFuture(Optional.of(1));
                    }

                    @Override
                    public long size() {
                        throw new Fatal("size");
                    }
                },
                (own, item, index) -> Future.failedFuture(new Broken("item")),
                (index, outcome) -> {})));

        assertThat(failure).isInstanceOf(Fatal.class).hasMessage("size");
    }

    @Test
    void itemsNextThrows_theTaskFailsWithIt() {
        Throwable failure = failureOfEach(
                () -> {
                    throw new Fatal("next");
                },
                (index, outcome) -> {});

        assertThat(failure).isInstanceOf(Fatal.class).hasMessage("next");
    }

    @Test
    void messageOfAFailureThrows_groupGatherAndRaceStillEnd() {
        Body<String> unspeakable = own -> own.sleep(ms(1)).compose(slept -> Future.failedFuture(new Unspeakable()));

        assertThat(failureOf(scope -> scope.join(scope.group("group", own -> {
                    own.start("child", unspeakable);
                    return own.sleep(ms(100));
                }))))
                .isInstanceOf(Unspeakable.class);
        assertThat(failureOf(scope ->
                        scope.gather(List.of(scope.start("a", unspeakable), scope.start("b", after(100, "b"))))))
                .isInstanceOf(Unspeakable.class);
        assertThat(failureOf(scope -> scope.race(List.of(scope.start("a", unspeakable)))))
                .isInstanceOf(CombinedException.class)
                .hasMessageContaining("Unspeakable");
    }

    @Test
    void parkingThrowsOrGivesNoUndo_theWaitFailsWithThat() {
        assertThat(failureOf(scope -> scope.suspend("x", waiter -> {
                    throw new Fatal("parking");
                })))
                .isInstanceOf(Fatal.class);
        assertThat(failureOf(scope -> scope.suspend("x", waiter -> null))).isInstanceOf(NullPointerException.class);
    }

    @Test
    void undoThrowsAnError_theTaskEndsCancelledWithIt() {
        Task<Object> task = cancelledAt(
                5,
                scope -> scope.suspend("x", waiter -> reason -> {
                    throw new Fatal("undo");
                }));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(task.failure().getSuppressed()).singleElement().isInstanceOf(Fatal.class);
    }

    @Test
    void lateReleaseThrows_theTaskEndsCancelledAllTheSame() {
        Task<Object> task = tasks.start(
                "main",
                scope -> scope.suspend("x", waiter -> {
                    loop.schedule(ms(5), () -> {
                        waiter.resume("granted");
                        scope.task().cancel(caller());
                    });
                    return new Handover<Object>() {
                        @Override
                        public boolean undo(CancelReason reason) {
                            return true;
                        }

                        @Override
                        public void handedOver(Object value, boolean delivered) {
                            throw new Fatal("release");
                        }
                    };
                }));
        task.onEnd(ended -> {});
        loop.run();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(task.failure().getSuppressed()).singleElement().isInstanceOf(Fatal.class);
    }

    @Test
    void consumerOfALateValueThrows_newerWaitersOfTheFutureAreResumed() {
        Promise<String> shared = Promise.promise();
        Task<String> left = tasks.start(
                "left",
                scope -> scope.await("x", shared.future(), reason -> true, late -> {
                    throw new Fatal("late");
                }));
        left.onEnd(ended -> {});
        loop.runReady();
        Task<String> newer = tasks.start("newer", scope -> scope.await("x", shared.future()));
        loop.runReady();
        left.cancel(caller());
        loop.runReady();
        shared.complete("granted");

        assertThatThrownBy(loop::run).isInstanceOf(Fatal.class).hasMessage("late");
        assertThat(newer.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void consumerOfALateValueCancelsTheNextWaiter_newerWaitersOfTheFutureAreResumed() {
        Promise<String> shared = Promise.promise();
        var next = new AtomicReference<Task<String>>();
        Task<String> left = tasks.start(
                "left",
                scope -> scope.await(
                        "x", shared.future(), reason -> true, late -> next.get().cancel(caller())));
        left.onEnd(ended -> {});
        loop.runReady();
        next.set(tasks.start("next", scope -> scope.await("x", shared.future())));
        next.get().onEnd(ended -> {});
        loop.runReady();
        Task<String> newer = tasks.start("newer", scope -> scope.await("x", shared.future()));
        loop.runReady();
        left.cancel(caller());
        loop.runReady();
        shared.complete("granted");
        loop.run();

        assertThat(newer.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void comparatorThrowsForAWaitingPuttersItem_thatPutterFailsAndTheTakerLosesNothing() {
        Queue<Integer> queue = Queue.priority(loop, 1, (a, b) -> {
            if (a == 13 || b == 13) {
                throw new Fatal("compare");
            }
            return Integer.compare(a, b);
        });
        queue.tryPut(1);
        Task<Void> bad = tasks.start("bad", scope -> queue.put(scope, 13));
        bad.onEnd(ended -> {});
        loop.runReady();
        Task<Void> good = tasks.start("good", scope -> queue.put(scope, 2));
        loop.runReady();
        queue.tryTake();
        loop.run();

        // The first in line finds an empty queue, in which nothing is compared; then the other one meets it.
        assertThat(List.of(bad.state(), good.state())).contains(State.FINISHED);
        int done = (bad.state() == State.FINISHED ? 1 : 0) + (good.state() == State.FINISHED ? 1 : 0);
        assertThat(queue.statistics().unfinished()).isEqualTo(1L + done);
    }

    @Test
    void comparatorThrowsDeepInTheOrder_nothingIsLost() {
        boolean[] broken = {false};
        Queue<Integer> queue = Queue.priority(loop, 100, (a, b) -> {
            if (broken[0] && (a == 3 || b == 3)) {
                throw new Fatal("compare");
            }
            return Integer.compare(a, b);
        });
        List.of(5, 3, 8, 1, 9, 2).forEach(queue::tryPut);
        broken[0] = true;
        assertThatThrownBy(() -> queue.tryPut(4)).isInstanceOf(Fatal.class);
        assertThat(queue.statistics().unfinished()).isEqualTo(6);
        broken[0] = false;

        var taken = new ArrayList<Integer>();
        for (Integer item = queue.tryTake(); item != null; item = queue.tryTake()) {
            taken.add(item);
        }
        assertThat(taken).containsExactly(1, 2, 3, 5, 8, 9);
    }

    @Test
    void joinerThrows_theWaitFailsWithItAndTheTasksAreStopped() {
        Throwable failure = failureOf(scope -> scope.join(
                List.of(scope.start("a", after(1, "a")), scope.start("b", after(100, "b"))),
                new Joiner<String, String>() {
                    @Override
                    public boolean taskEnded(Task<? extends String> task) throws Exception {
                        throw new java.io.IOException("joiner");
                    }

                    @Override
                    public String result() {
                        return "";
                    }
                }));

        assertThat(failure).isInstanceOf(java.io.IOException.class).hasMessage("joiner");
        assertThat(trail).containsExactly("b stopped");
        assertThat(nowMs()).isEqualTo(1);
    }

    @Test
    void bodyUnderAPermitThrowsAnError_thePermitIsReleased() {
        var one = new Semaphore(loop, 1);
        assertThat(failureOf(scope -> one.with(scope, own -> {
                    throw new Fatal("body");
                })))
                .isInstanceOf(Fatal.class);
        assertThat(one.statistics().available()).isEqualTo(1);
    }

    @Test
    void oneOfSeveralObserversThrows_theOthersAreToldAndItReachesTheLoop() {
        Task<String> task = tasks.start("main", after(1, "x"));
        task.onEnd(ended -> trail.add("first"));
        task.onEnd(ended -> {
            throw new Fatal("observer");
        });
        task.onEnd(ended -> trail.add("third"));

        assertThatThrownBy(loop::run).isInstanceOf(Fatal.class).hasMessage("observer");
        assertThat(trail).containsExactly("first", "third");
    }

    @Test
    void listenerOfAKernelsFutureThrows_itReachesTheHandlerOfTheLoop() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var context = vertx.getOrCreateContext();
            var caught = new AtomicReference<Throwable>();
            var done = new CountDownLatch(2);
            context.exceptionHandler(thrown -> {
                caught.set(thrown);
                done.countDown();
            });
            Tasks real = Tasks.on(Loop.of(context));
            context.runOnContext(go -> {
                Future<Object> future = real.start(
                                "main", scope -> scope.sleep(ms(1)).mapEmpty())
                        .future();
                future.onComplete(first -> {
                    throw new Broken("listener");
                });
                future.onComplete(second -> done.countDown());
            });

            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(caught.get()).hasMessage("listener");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }
}
