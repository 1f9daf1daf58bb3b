package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import dev.muster.sync.Barrier;
import dev.muster.sync.Condition;
import dev.muster.sync.Lock;
import dev.muster.sync.Queue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What users of asyncio, Trio and Kotlin look for. */
class CounterpartsTest extends KernelTest {

    private static final TaskLocal<String> TENANT = TaskLocal.named("tenant");
    private static final TaskLocal<String> TRACE = TaskLocal.named("trace");

    // ---- values that children inherit

    @Test
    void values_areInheritedByAllBelow_andTheNearestCounts() {
        tasks.start("main", Locals.of(TENANT, "a").and(TRACE, "t"), scope -> {
            scope.start("child", own -> {
                trail.add(own.get(TENANT) + own.get(TRACE));
                own.start("deep", Locals.of(TENANT, "b"), deep -> {
                    trail.add(deep.get(TENANT) + deep.get(TRACE) + Tasks.current(TENANT));
                    return Future.succeededFuture();
                });
                return Future.succeededFuture();
            });
            return Future.succeededFuture();
        });
        loop.run();

        assertThat(trail).containsExactly("at", "btb");
        assertThat(Tasks.current(TENANT)).isNull();
    }

    @Test
    void values_doNotReachSiblingsOrTheParent() {
        outcomeOf(scope -> {
            scope.start("one", Locals.of(TENANT, "a"), own -> Future.succeededFuture());
            scope.start("two", own -> {
                trail.add("two " + own.get(TENANT));
                return Future.succeededFuture();
            });
            return Future.succeededFuture();
        });

        assertThat(trail).containsExactly("two null");
    }

    // ---- limits

    @Test
    void takeWithALimit_timesOutAndTheTaskGoesOn() {
        var queue = new Queue<Integer>(loop, 1);
        String value = valueOf(scope -> queue.take(scope, ms(10)).map("item").recover(late -> {
            trail.add(late.getClass().getSimpleName() + " " + nowMs());
            return scope.sleep(ms(1)).map("went on");
        }));

        assertThat(value).isEqualTo("went on");
        assertThat(trail).containsExactly("TimedOutException 10");
        assertThat(queue.statistics().waitingTakers()).isZero();
    }

    @Test
    void putWithALimit_thatTimesOut_hasPutNothing() {
        var queue = new Queue<Integer>(loop, 1);
        queue.tryPut(1);
        Throwable late = failureOf(scope -> queue.put(scope, 2, ms(10)));

        assertThat(late).isInstanceOf(TimedOutException.class);
        assertThat(queue.statistics()).isEqualTo(new Queue.Statistics(1, 1, 0, 0, 1, false));
    }

    @Test
    void limitThatIsMoved_passesLater() {
        failureOf(scope -> {
            Limit limit = scope.limit(ms(10));
            return scope.sleep(ms(5)).compose(slept -> {
                limit.move(ms(20));
                return scope.sleep(ms(100));
            });
        });

        assertThat(main.failure()).isInstanceOf(TimedOutException.class);
        assertThat(nowMs()).isEqualTo(25);
    }

    @Test
    void limitThatPassed_failsFurtherWaitsUntilItIsClosed() {
        String value = valueOf(scope -> {
            Limit limit = scope.limit(ms(10));
            return scope.sleep(ms(50))
                    .recover(late -> {
                        trail.add("again: " + scope.sleep(ms(1)).failed());
                        limit.close();
                        return scope.sleep(ms(1)).mapEmpty();
                    })
                    .map("x");
        });

        assertThat(value).isEqualTo("x");
        assertThat(trail).containsExactly("again: true");
        assertThat(nowMs()).isEqualTo(11);
    }

    @Test
    void nestedLimits_theOuterEndsTheWaitOfTheInner() {
        failureOf(scope -> {
            scope.limit(ms(10));
            scope.limit(ms(50));
            return scope.sleep(ms(100));
        });

        assertThat(nowMs()).isEqualTo(10);
    }

    // ---- combinators

    @Test
    void gatherOfThreeToEightTypes_combines() {
        String three = valueOf(scope -> scope.gather(
                scope.start("a", after(1, "a")),
                scope.start("b", own -> Future.succeededFuture(2)),
                scope.start("c", own -> Future.succeededFuture(3.0)),
                (a, b, c) -> a + b + c));
        String eight = valueOf(scope -> {
            Task<String> a = scope.start("a", after(1, "a"));
            Task<Integer> n = scope.start("n", own -> Future.succeededFuture(1));
            return scope.gather(a, n, a, n, a, n, a, n, (s, i, t, j, u, k, v, l) -> s + i + t + j + u + k + v + l);
        });

        assertThat(three).isEqualTo("a23.0");
        assertThat(eight).isEqualTo("a1a1a1a1");
    }

    @Test
    void ownJoiner_decidesWhatIsEnough() {
        List<String> two = valueOf(scope -> scope.join(
                List.of(
                        scope.start("a", after(1, "a")),
                        scope.start("b", after(2, "b")),
                        scope.start("c", after(9, "c"))),
                new Joiner<String, List<String>>() {
                    private final List<String> values = new ArrayList<>();

                    @Override
                    public boolean taskEnded(Task<? extends String> task) {
                        values.add(task.result());
                        return values.size() == 2;
                    }

                    @Override
                    public List<String> result() {
                        return values;
                    }
                }));

        assertThat(two).containsExactly("a", "b");
        assertThat(trail).containsExactly("c stopped");
    }

    @Test
    void startUntilReady_waitsForReadinessAndRunsOn() {
        Task<String> server = valueOf(scope -> scope.<String>startUntilReady(
                        "server",
                        (own, ready) -> own.sleep(ms(10)).compose(bound -> {
                            ready.run();
                            return own.sleep(ms(20)).map("served");
                        }))
                .map(started -> {
                    trail.add("ready at " + nowMs());
                    return started;
                }));

        assertThat(trail).containsExactly("ready at 10");
        assertThat(server.result()).isEqualTo("served");
    }

    @Test
    void startUntilReady_ofATaskThatFailsBefore_failsWithThat() {
        assertThat(failureOf(scope -> scope.startUntilReady(
                        "server",
                        (own, ready) -> own.sleep(ms(1)).compose(slept -> Future.failedFuture(new Broken("port"))))))
                .hasMessage("port");
        assertThat(failureOf(scope -> scope.startUntilReady("server", (own, ready) -> Future.succeededFuture())))
                .hasMessageContaining("ended before it was ready");
    }

    // ---- condition, barrier

    @Test
    void condition_wakesInOrderWithTheLockHeld() {
        var lock = new Lock(loop);
        var changed = new Condition(loop, lock);
        int[] stock = {0};
        outcomeOf(scope -> {
            for (int i = 0; i < 2; i++) {
                scope.start(
                        "buyer " + i,
                        own -> lock.with(
                                own,
                                held -> changed.await(held, () -> stock[0] > 0).map(there -> {
                                    assertThat(lock.isHeld()).isTrue();
                                    stock[0]--;
                                    return trail.add("bought");
                                })));
            }
            return scope.sleep(ms(5))
                    .compose(slept -> lock.with(scope, held -> {
                        stock[0] = 2;
                        changed.signalAll();
                        return Future.succeededFuture();
                    }));
        });

        assertThat(trail).containsExactly("bought", "bought");
        assertThat(lock.isHeld()).isFalse();
        assertThat(changed.statistics().waiting()).isZero();
    }

    @Test
    void condition_notificationOfACancelledTask_goesToTheNext() {
        var lock = new Lock(loop);
        var changed = new Condition(loop, lock);
        Task<Object> first = tasks.start(
                "first", scope -> lock.with(scope, held -> changed.await(held)).mapEmpty());
        first.onEnd(ended -> {});
        loop.runReady();
        Task<String> second = tasks.start(
                "second", scope -> lock.with(scope, held -> changed.await(held)).map("woken"));
        loop.runReady();
        changed.signal();
        first.cancel(caller());
        loop.run();

        assertThat(second.result()).isEqualTo("woken");
    }

    @Test
    void barrier_letsAllPassTogether_andAgain() {
        var barrier = new Barrier(loop, 3);
        outcomeOf(scope -> {
            for (int i = 0; i < 6; i++) {
                int late = i;
                scope.start(
                        "party",
                        own -> own.sleep(ms(late * 10L))
                                .compose(slept -> barrier.await(own))
                                .map(place -> trail.add(place + "@" + nowMs())));
            }
            return Future.succeededFuture();
        });

        assertThat(trail).containsExactlyInAnyOrder("0@20", "1@20", "2@20", "0@50", "1@50", "2@50");
    }

    @Test
    void barrier_aCancelledTaskHasNotCome() {
        var barrier = new Barrier(loop, 2);
        Task<Integer> gone = tasks.start("gone", barrier::await);
        gone.onEnd(ended -> {});
        loop.runReady();
        gone.cancel(caller());
        loop.runReady();

        assertThat(barrier.statistics().waiting()).isZero();
        assertThat(failureOf(scope -> barrier.await(scope, ms(10)))).isInstanceOf(TimedOutException.class);
    }

    // ---- straight-line code

    /** Runs a test on a real loop. */
    private static <T> T onRealLoop(Body<T> body) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Tasks real = Tasks.on(Loop.of(vertx));
            return real.start("main", body)
                    .future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void blocking_waitsInAStraightLineOffTheLoop() throws Exception {
        String value = onRealLoop(scope -> scope.join(scope.blocking("straight", own -> {
            own.await(inner -> inner.sleep(Duration.ofMillis(5)));
            String got = own.await(inner -> inner.join(inner.start("child", deep -> Future.succeededFuture("child"))));
            return got + " " + scope.loop().inLoop() + " " + String.join("/", Tasks.current());
        })));

        assertThat(value).isEqualTo("child false main/straight");
    }

    @Test
    void blocking_cancelInterruptsJavasWaits_andTheTaskEndsWithTheCode() throws Exception {
        var blocked = new CountDownLatch(1);
        var left = new ArrayList<String>();
        State state = onRealLoop(scope -> {
            Task<String> straight = scope.blocking("straight", own -> {
                blocked.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    left.add("left");
                }
                return "never";
            });
            return scope.join(scope.blocking("canceller", own -> {
                        blocked.await();
                        straight.cancel(CancelReason.of("enough"));
                        return "done";
                    }))
                    .compose(done -> scope.join(straight).transform(ended -> Future.succeededFuture(straight.state())));
        });

        assertThat(state).isEqualTo(State.CANCELLED);
        assertThat(left).containsExactly("left");
    }

    @Test
    void blocking_cancelEndsAWaitOnTheLoopWithoutAnInterrupt() throws Exception {
        var ended = new ArrayList<Object>();
        onRealLoop(scope -> {
            Task<String> straight = scope.blocking("straight", own -> {
                try {
                    own.await(inner -> inner.sleep(Duration.ofHours(1)));
                } catch (CancelledException cancelled) {
                    ended.add(cancelled.reason().why());
                    ended.add(own.isCancelled());
                    throw cancelled;
                }
                return "never";
            });
            return scope.sleep(Duration.ofMillis(20)).compose(slept -> {
                straight.cancel(CancelReason.of("enough"));
                return straight.future().transform(done -> Future.succeededFuture());
            });
        });

        assertThat(ended).containsExactly("enough", true);
    }

    @Test
    void blocking_whatItThrows_isTheFailureOfTheTask() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() ->
                        onRealLoop(scope -> scope.join(scope.blocking("straight", own -> {
                            throw new java.io.IOException("disk");
                        })))))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(java.io.IOException.class);
    }
}
