package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.sync.Lock;
import dev.muster.sync.Semaphore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing is kept for those who left, nothing is quadratic, and misuse is refused where it happens. */
class NothingKeptTest extends KernelTest {

    private static void assertCollected(WeakReference<?> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
        }
        assertThat(reference.get()).isNull();
    }

    @Test
    void manyCancelledWaitsForOneFuture_leaveNothingInIt() {
        Promise<String> lasting = Promise.promise();
        Task<Object> waits = cancelledAt(5, scope -> {
            for (int i = 0; i < 100_000; i++) {
                scope.start("wait", own -> own.await("a future", lasting.future()));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(waits.state()).isEqualTo(State.CANCELLED);
        assertThat(tasks.futureWaits().size()).isZero();
        assertThat(lasting.future()).extracting("listener").isNull();
    }

    @Test
    void endedTask_isNotKeptByAFutureThatItHadWaitedFor() {
        Promise<String> lasting = Promise.promise();
        var reference = new WeakReference<>(cancelledAt(5, scope -> scope.await("a future", lasting.future())));

        assertCollected(reference);
        assertThat(lasting.future().isComplete()).isFalse();
    }

    @Test
    void futureThatSeveralTasksWaitFor_reachesAllThatAreLeft() {
        Promise<String> shared = Promise.promise();
        var got = new ArrayList<String>();
        var waits = new ArrayList<Task<String>>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            waits.add(tasks.start(
                    "wait",
                    scope -> scope.await("a future", shared.future()).onSuccess(value -> got.add(value + number))));
        }
        loop.runReady();
        waits.get(1).cancel(caller());
        waits.get(3).cancel(caller());
        loop.runReady();
        shared.complete("x");
        loop.run();

        assertThat(got).containsExactlyInAnyOrder("x0", "x2", "x4");
    }

    @Test
    void completionsLeftEarly_areNotKeptAndTimeNobodyOut() {
        Task<String> others = tasks.start("others", after(1_000, "x"));
        var left = new ArrayList<WeakReference<Completions<String>>>();
        valueOf(scope -> {
            Completions<String> completions = Completions.of(scope, List.of(others), ms(100));
            left.add(new WeakReference<>(completions));
            return scope.sleep(ms(5));
        });
        loop.run();

        assertThat(others.state()).isEqualTo(State.FINISHED);
        assertCollected(left.get(0));
    }

    @Test
    void closedCompletions_giveNothingMore() {
        boolean present = valueOf(scope -> {
            Completions<String> completions = Completions.of(scope, List.of(scope.start("a", after(50, "a"))), ms(10));
            completions.close();
            return scope.sleep(ms(100)).compose(slept -> completions.next()).map(next -> next.isPresent());
        });

        assertThat(present).isFalse();
        assertThat(trail).isEmpty();
    }

    @Test
    void keptChild_doesNotKeepTheValueOfItsParent() {
        var children = new ArrayList<Task<?>>();
        var value = new WeakReference<>(new byte[1_000]);
        List<WeakReference<byte[]>> values = new ArrayList<>();
        outcomeOf(scope -> scope.join(scope.start("parent", own -> {
                    byte[] big = new byte[1_000_000];
                    values.add(new WeakReference<>(big));
                    children.add(own.start("child", after(1, "x")));
                    return own.sleep(ms(2)).map(big);
                }))
                .mapEmpty());
        value.clear();
        main = null;

        assertThat(children.get(0).path()).isEqualTo("main/parent/child");
        assertCollected(values.get(0));
        assertThat(children.get(0).path()).isEqualTo("main/parent/child");
    }

    @Test
    void manyJoinersOfOneTask_areCancelledInLinearTime() {
        Task<String> lasting = tasks.start("lasting", after(60_000, "x"));
        Task<Object> joiners = tasks.start("joiners", scope -> {
            for (int i = 0; i < 80_000; i++) {
                scope.start("joiner", own -> own.join(lasting));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        joiners.onEnd(ended -> {});
        loop.advance(ms(1));
        joiners.cancel(caller());
        loop.runReady();

        assertThat(joiners.state()).isEqualTo(State.CANCELLED);
        assertThat(((TaskNode<?>) lasting).hasObservers()).isFalse();
    }

    @Test
    void bigTree_isUndoneInPortions() {
        int[] undone = {0};
        Task<Object> big = tasks.start("big", scope -> {
            for (int i = 0; i < 10_000; i++) {
                scope.start(
                        "wait",
                        own -> own.suspend("ever", waiter -> reason -> {
                            undone[0]++;
                            return true;
                        }));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });
        big.onEnd(ended -> {});
        loop.runReady();
        big.cancel(caller());

        assertThat(undone[0]).isLessThan(2_000);
        loop.runReady();
        assertThat(undone[0]).isEqualTo(10_000);
    }

    @Test
    void deadlineGivenLater_holdsForAllBelowAndNotForShields() {
        var remaining = new ArrayList<Duration>();
        Task<Object> top = tasks.start("top", scope -> {
            scope.start(
                    "child",
                    own -> own.start(
                                    "grandchild",
                                    deep -> deep.sleep(ms(10)).map(slept -> {
                                        deep.remaining().ifPresent(remaining::add);
                                        return null;
                                    }))
                            .future());
            scope.shield(
                    "shield",
                    ms(5_000),
                    own -> own.sleep(ms(10)).map(slept -> {
                        own.remaining().ifPresent(remaining::add);
                        return null;
                    }));
            return scope.sleep(ms(50)).mapEmpty();
        });
        loop.runReady();
        top.withTimeout(ms(100));
        loop.run();

        assertThat(remaining).containsExactlyInAnyOrder(ms(90), ms(4_990));
    }

    // ---- misuse

    @SuppressWarnings("unchecked") // never gives anything
    private static Task<Object> cast(Task<?> task) {
        return (Task<Object>) task;
    }

    @Test
    void taskThatJoinsItselfOrAnAncestor_isToldSoAtOnce() {
        assertThat(failureOf(scope -> scope.join(cast(scope.task()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot join itself");
        assertThat(failureOf(scope -> scope.join(scope.start(
                        "child", own -> own.join(own.start("deep", deep -> deep.join(cast(scope.task()))))))))
                .hasMessage(
                        "task main/child/deep cannot join the task main, which is above it: a parent cannot end before"
                                + " its child");
        assertThat(failureOf(scope -> scope.gather(List.of(cast(scope.task())))))
                .hasMessageContaining("cannot join itself");
        assertThat(nowMs()).isZero();
    }

    @Test
    void taskThatEndsWhileItHoldsALock_hasReleasedIt() {
        var lock = new Lock(loop);
        tasks.start("holder", scope -> lock.acquire(scope).compose(held -> scope.sleep(ms(10))));
        Task<String> waits = tasks.start(
                "waits",
                scope -> scope.sleep(ms(1))
                        .compose(slept ->
                                lock.with(scope, own -> own.sleep(ms(1)).map("got"))));
        loop.run();

        assertThat(waits.result()).isEqualTo("got");
        assertThat(lock.isHeld()).isFalse();
        String again = valueOf(scope -> lock.with(scope, own -> own.sleep(ms(1)).map("again")));
        assertThat(again).isEqualTo("again");
    }

    @Test
    void nulls_areRefusedWhereTheyAreGiven() {
        valueOf(scope -> {
            assertThatThrownBy(() -> scope.start("x", (Body<Object>) null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> scope.start(null, after(1, "x"))).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> scope.task().cancel(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> scope.task().withTimeout(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> scope.task().onEnd(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> scope.cleanUp("x", null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> scope.suspend(null, waiter -> reason -> true))
                    .isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> CancelReason.of(null)).isInstanceOf(NullPointerException.class);
            return Future.succeededFuture("ok");
        });
    }

    @Test
    void cleanUpFromAnotherThread_isRefused() throws Exception {
        var thrown = new ArrayList<Throwable>();
        Task<Object> main = tasks.start("main", scope -> {
            var other = new Thread(() -> {
                try {
                    scope.cleanUp("close", own -> Future.succeededFuture());
                } catch (RuntimeException e) {
                    thrown.add(e);
                }
            });
            other.start();
            other.join(10_000);
            return Future.succeededFuture();
        });
        loop.run();

        assertThat(main.state()).isEqualTo(State.FINISHED);
        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nextCompletionInACancelledScope_failsAtOnce() {
        Task<Void> main = cancelledAt(
                5,
                scope -> scope.sleep(ms(100)).recover(stopped -> {
                    Completions<String> completions =
                            Completions.of(scope, List.of(scope.start("a", after(1, "a"))), null);
                    Future<?> next = completions.next();
                    trail.add("failed at once: " + next.failed());
                    return Future.failedFuture(stopped);
                }));

        assertThat(main.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).contains("failed at once: true");
    }

    @Test
    void gather_copiesItsList() {
        List<String> all = valueOf(scope -> {
            var list = new ArrayList<Task<String>>(
                    List.of(scope.start("a", after(1, "a")), scope.start("b", after(2, "b"))));
            Future<List<String>> gathered = scope.gather(list);
            list.clear();
            return gathered;
        });

        assertThat(all).containsExactly("a", "b");
    }

    @Test
    void wait_tellsDoneFromPendingWhenItDelivers() {
        Wait.Result<String> result = valueOf(scope -> Wait.run(
                scope,
                List.of(scope.start("a", after(5, "a")), scope.start("b", after(5, "b"))),
                Wait.Until.FIRST,
                null,
                Wait.Pending.KEEP));

        for (Task<String> pending : result.pending()) {
            assertThat(pending.name()).isIn("a", "b");
        }
        assertThat(result.done()).isNotEmpty();
    }

    @Test
    void observerOfTheLastChildsEnd_mayStartAnotherOne() {
        outcomeOf(scope -> {
            scope.start("first", after(5, "first"))
                    .onEnd(ended -> scope.start("second", own -> {
                        trail.add("second");
                        return Future.succeededFuture();
                    }));
            return Future.succeededFuture();
        });

        assertThat(trail).containsExactly("second");
    }

    @Test
    void limitBelowAMillisecond_isNotSaidToBeNone() {
        assertThat(failureOf(scope -> scope.timeout(Duration.ofNanos(500_000), "x", after(5, "x"))))
                .hasMessage("no end within 500 µs");
        assertThat(failureOf(scope -> scope.timeout(Duration.ofNanos(7), "x", after(5, "x"))))
                .hasMessage("no end within 7 ns");
    }

    @Test
    void cancelAfterTheLoopIsGone_doesNothing() throws Exception {
        var vertx = io.vertx.core.Vertx.vertx();
        Tasks real = Tasks.on(dev.muster.loop.Loop.of(vertx));
        Task<Void> task = real.start("main", scope -> scope.sleep(Duration.ofHours(1)));
        vertx.close().toCompletionStage().toCompletableFuture().get(30, java.util.concurrent.TimeUnit.SECONDS);

        task.cancel(caller());
    }

    @Test
    void resizedSemaphore_followsItsSize() {
        var limiter = new Semaphore(loop, 2);
        int[] most = {0};
        int[] now = {0};
        Task<Object> all = tasks.start("all", scope -> {
            for (int i = 0; i < 12; i++) {
                scope.start(
                        "one",
                        own -> limiter.with(own, held -> {
                            most[0] = Math.max(most[0], ++now[0]);
                            return held.sleep(ms(10)).onComplete(slept -> now[0]--);
                        }));
            }
            return scope.sleep(ms(15)).map(slept -> {
                assertThat(most[0]).isEqualTo(2);
                limiter.resize(4);
                return null;
            });
        });
        loop.advance(ms(16));
        assertThat(now[0]).isEqualTo(4);
        limiter.resize(1);
        loop.advance(ms(15));
        assertThat(now[0]).isEqualTo(1);
        loop.run();

        assertThat(all.state()).isEqualTo(State.FINISHED);
        assertThat(limiter.statistics()).isEqualTo(new Semaphore.Statistics(1, 1, 0));
    }
}
