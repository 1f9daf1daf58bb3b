package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskTest extends KernelTest {

    @Test
    void body_returnsAValue_finishes() {
        Outcome<String> outcome = outcomeOf(scope -> Future.succeededFuture("x"));

        assertThat(outcome).isEqualTo(new Outcome<>(State.FINISHED, "x", null));
        assertThat(outcome.<String>match(value -> value + "!", Throwable::getMessage))
                .isEqualTo("x!");
    }

    @Test
    void body_throws_fails() {
        Outcome<String> outcome = outcomeOf(scope -> {
            throw new java.io.IOException("checked");
        });

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.failure()).hasMessage("checked");
    }

    @Test
    void body_throwsAnError_fails() {
        assertThat(failureOf(scope -> {
                    throw new AssertionError("error");
                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void body_returnsNull_failsWithAClearError() {
        assertThat(failureOf(scope -> null)).hasMessage("the body of task main returned null, not a future");
    }

    @Test
    void states_ofALife_areSeenInOrder() {
        Task<Void> task = tasks.start("main", scope -> {
            trail.add(scope.task().state().name());
            return scope.sleep(ms(10)).map(slept -> {
                trail.add(scope.task().state().name());
                return null;
            });
        });
        trail.add(task.state().name());
        loop.runReady();
        trail.add(task.state().name());
        loop.run();
        trail.add(task.state().name());

        assertThat(trail).containsExactly("SCHEDULED", "RUNNING", "SUSPENDED", "RUNNING", "FINISHED");
    }

    @Test
    void snapshot_tellsNamesWaitsTimesDeadlineAndChildren() {
        loop.advance(ms(5));
        Task<Object> task = tasks.start("main", scope -> {
            scope.start("a", after(20, "a")).withTimeout(ms(100));
            scope.start("b", after(20, "b"));
            return scope.suspend("the answer", waiter -> {
                loop.schedule(ms(30), () -> waiter.resume("x"));
                return reason -> true;
            });
        });
        task.withTimeout(ms(1_000));
        loop.advance(ms(10));

        TaskSnapshot main = tasks.snapshot().get(0);
        assertThat(main.name()).isEqualTo("main");
        assertThat(main.state()).isEqualTo(State.SUSPENDED);
        assertThat(main.waitsOn()).containsExactly("the answer");
        assertThat(main.createdNanos()).isEqualTo(ms(5).toNanos());
        assertThat(main.startedNanos()).isEqualTo(ms(5).toNanos());
        assertThat(main.endedNanos()).isEqualTo(-1);
        assertThat(main.deadlineNanos()).isEqualTo(ms(1_005).toNanos());
        assertThat(main.children()).extracting(TaskSnapshot::name).containsExactly("a", "b");
        assertThat(main.children().get(0).waitsOn()).containsExactly("sleep");
        assertThat(main.size()).isEqualTo(3);
        loop.run();
        assertThat(task.snapshot().endedNanos()).isEqualTo(ms(35).toNanos());
    }

    @Test
    void snapshot_bodyIsOver_saysWhatItStillWaitsFor() {
        Task<String> task = tasks.start("main", scope -> {
            scope.start("child", after(20, "child"));
            scope.cleanUp("close", own -> own.sleep(ms(20)));
            return Future.succeededFuture("x");
        });
        loop.advance(ms(10));
        assertThat(task.snapshot().waitsOn()).containsExactly("children");
        loop.advance(ms(20));

        assertThat(task.snapshot().waitsOn()).containsExactly("clean-up");
        assertThat(task.snapshot().children()).extracting(TaskSnapshot::name).containsExactly("close");
    }

    @Test
    void path_hasTheNamesFromTheTop() {
        String path = valueOf(scope -> scope.join(scope.start(
                "a",
                a -> a.join(a.start("b", b -> Future.succeededFuture(b.task().path()))))));

        assertThat(path).isEqualTo("main/a/b");
    }

    @Test
    void task_bodyIsOver_waitsForItsChildren() {
        Outcome<String> outcome = outcomeOf(scope -> {
            scope.start("child", after(500, "child"));
            return Future.succeededFuture("x");
        });

        assertThat(outcome.value()).isEqualTo("x");
        assertThat(nowMs()).isEqualTo(500);
    }

    @Test
    void task_bodyIsOver_waitsForItsOtherWaits() {
        outcomeOf(scope -> {
            scope.sleep(ms(70));
            return Future.succeededFuture();
        });

        assertThat(nowMs()).isEqualTo(70);
    }

    @Test
    void task_bodyFails_cancelsItsChildren() {
        Throwable failure = failureOf(scope -> {
            scope.start("child", after(500, "child"));
            return scope.sleep(ms(5)).compose(slept -> Future.failedFuture(new Broken("body")));
        });

        assertThat(failure).hasMessage("body");
        assertThat(trail).containsExactly("child stopped");
        assertThat(nowMs()).isEqualTo(5);
    }

    @Test
    void task_childOfAChildStartedLate_isWaitedFor() {
        outcomeOf(scope -> {
            scope.start("child", child -> child.sleep(ms(10)).map(slept -> scope.start("late", after(10, "late"))));
            return Future.succeededFuture();
        });

        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void start_inAnEndedScope_isRefused() {
        Scope[] kept = new Scope[1];
        outcomeOf(scope -> {
            kept[0] = scope;
            return Future.succeededFuture();
        });

        assertThatThrownBy(() -> kept[0].start("late", after(1, "x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task main has ended; it cannot start late");
        assertThatThrownBy(() -> kept[0].suspend("x", waiter -> reason -> true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task main has ended; it cannot wait for x");
        assertThatThrownBy(() -> kept[0].cleanUp("x", own -> Future.succeededFuture()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void outcome_beforeTheEnd_isRefused() {
        Task<Void> task = tasks.start("main", scope -> scope.sleep(ms(1)));

        assertThatThrownBy(task::outcome)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SCHEDULED");
        assertThatThrownBy(task::result).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(task::failure).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void future_completesAfterEveryChildHasEnded() {
        Task<String> task = tasks.start("main", scope -> {
            scope.start("child", after(50, "child"));
            return Future.succeededFuture("x");
        });
        task.future().onSuccess(value -> trail.add(value + " at " + nowMs()));
        loop.run();
        task.future().onSuccess(value -> trail.add("again " + value));

        assertThat(trail).containsExactly("x at 50", "again x");
    }

    @Test
    void observers_oneThrows_theOthersAreStillTold() {
        Task<String> task = tasks.start("main", scope -> Future.succeededFuture("x"));
        task.future().onComplete(ended -> {
            throw new Broken("promise's listener");
        });
        task.onEnd(ended -> trail.add("first"));
        task.onEnd(ended -> {
            throw new Broken("observer");
        });
        task.onEnd(ended -> trail.add("second"));

        assertThatThrownBy(loop::run).isInstanceOf(Broken.class);
        assertThat(trail).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void onlyObserver_throws_theFutureIsStillCompleted() {
        Task<String> task = tasks.start("main", scope -> Future.succeededFuture("x"));
        task.future().onSuccess(trail::add);
        task.onEnd(ended -> {
            throw new Broken("observer");
        });

        assertThatThrownBy(loop::run).isInstanceOf(Broken.class);
        assertThat(trail).containsExactly("x");
    }

    @Test
    void await_aFutureOfVertx_givesItsValueOrFailure() {
        Promise<String> promise = Promise.promise();
        Task<String> task = tasks.start("main", scope -> scope.await("the answer", promise.future()));
        loop.run();
        assertThat(task.state()).isEqualTo(State.SUSPENDED);
        promise.complete("x");
        loop.run();

        assertThat(task.result()).isEqualTo("x");
        assertThat(failureOf(scope -> scope.await("x", Future.failedFuture(new Broken("future")))))
                .hasMessage("future");
    }

    @Test
    void suspend_parkingThrows_failsTheWait() {
        assertThat(failureOf(scope -> scope.suspend("x", waiter -> {
                    throw new Broken("parking");
                })))
                .hasMessage("parking");
    }

    @Test
    void suspend_resumedTwice_deliversTheFirst() {
        String value = valueOf(scope -> scope.suspend("x", waiter -> {
            waiter.resume("first");
            waiter.resume("second");
            waiter.fail(new Broken("third"));
            return reason -> true;
        }));

        assertThat(value).isEqualTo("first");
    }

    @Test
    void manyWaits_ofOneTask_endInTheOrderTheyWereResumed() {
        inOrder();
        Integer sum = valueOf(scope -> {
            Future<Integer> all = Future.succeededFuture(0);
            for (int i = 1; i <= 1_000; i++) {
                int number = i;
                Future<Integer> slept = scope.sleep(ms(i)).map(number);
                all = all.compose(sumSoFar -> slept.map(one -> sumSoFar + one));
            }
            return all;
        });

        assertThat(sum).isEqualTo(500_500);
    }

    @Test
    void gatherOfTwo_combinesThem() {
        String both = valueOf(scope ->
                scope.gather(scope.start("a", after(1, "a")), scope.start("b", after(2, "b")), (a, b) -> a + b));

        assertThat(both).isEqualTo("ab");
    }

    @Test
    void yieldNow_letsOthersRun() {
        inOrder();
        valueOf(scope -> {
            scope.start("other", other -> {
                trail.add("other");
                return Future.succeededFuture();
            });
            trail.add("before");
            return scope.yieldNow().map(ignored -> trail.add("after"));
        });

        assertThat(trail).containsExactly("before", "other", "after");
    }

    @Test
    void statistics_countLiveAndStarted() {
        tasks.start("main", scope -> {
            scope.start("a", after(10, "a"));
            return scope.sleep(ms(20));
        });
        loop.advance(ms(5));
        assertThat(tasks.statistics()).isEqualTo(new Tasks.Statistics(2, 2));
        loop.run();

        assertThat(tasks.statistics()).isEqualTo(new Tasks.Statistics(0, 2));
    }

    @Test
    void remaining_withoutADeadline_isNothing() {
        Optional<java.time.Duration> remaining = valueOf(scope -> Future.succeededFuture(scope.remaining()));

        assertThat(remaining).isEmpty();
    }

    @Test
    void join_ofAFailedTask_failsWithItsFailure() {
        assertThat(failureOf(scope -> scope.join(scope.start("child", failAfter(1, "child")))))
                .hasMessage("child");
    }

    @Test
    void joins_thatWereCancelled_leaveNoObserver() {
        Task<String> lasting = tasks.start("lasting", after(10_000, "x"));
        valueOf(scope -> Repeat.whileTrue(
                scope,
                () -> scope.timeout(ms(1), "poll", own -> own.join(lasting))
                        .transform(timedOut -> Future.succeededFuture(nowMs() < 100))));
        Task<Void> waits = tasks.start(
                "waits",
                scope -> Wait.run(
                                scope,
                                List.of(lasting, scope.start("short", after(1, "short"))),
                                Wait.Until.FIRST,
                                null,
                                Wait.Pending.KEEP)
                        .mapEmpty());
        loop.advance(ms(10));

        assertThat(waits.state()).isEqualTo(State.FINISHED);
        assertThat(((TaskNode<?>) lasting).hasObservers()).isFalse();
    }
}
