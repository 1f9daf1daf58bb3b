package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancelTest extends KernelTest {

    private <T> Task<T> cancelledAt(long millis, Body<T> body) {
        Task<T> task = tasks.start("main", body);
        loop.advance(ms(millis));
        task.cancel(caller());
        loop.run();
        return task;
    }

    @Test
    void cancel_beforeItBegins_neverRunsTheBody() {
        Task<Object> task = tasks.start("main", scope -> {
            trail.add("body");
            return Future.succeededFuture();
        });
        task.cancel(caller());
        loop.run();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).isEmpty();
        assertThat(task.snapshot().startedNanos()).isEqualTo(-1);
    }

    @Test
    void cancel_carriesWhoAndWhy() {
        Task<Void> task = cancelledAt(5, scope -> scope.sleep(ms(100)));

        assertThat(task.failure())
                .isInstanceOfSatisfying(
                        CancelledException.class,
                        cancelled -> assertThat(cancelled.reason()).isEqualTo(caller()))
                .hasMessage("caller left (by caller)");
        assertThat(task.snapshot().cancelReason()).isEqualTo(caller());
    }

    @Test
    void cancel_twice_keepsTheFirstReason() {
        Task<String> task = tasks.start("main", slowToStop(50));
        loop.advance(ms(5));
        task.cancel(CancelReason.of("first"));
        task.cancel(CancelReason.of("second"));
        loop.run();

        assertThat(task.failure()).hasMessageContaining("first");
    }

    @Test
    void cancel_afterTheEnd_doesNothing() {
        Task<String> task = cancelledAt(500, after(5, "x"));

        assertThat(task.result()).isEqualTo("x");
        task.cancel(caller());
        assertThat(task.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void cancel_ofItself_works() {
        Task<String> task = cancelledAt(500, scope -> {
            scope.task().cancel(CancelReason.of("myself"));
            return scope.sleep(ms(1)).map("x");
        });

        assertThat(task.failure()).hasMessageContaining("myself");
        assertThat(task.snapshot().endedNanos()).isZero();
    }

    @Test
    void cancel_bodyTurnsItIntoAValue_isNotSwallowed() {
        Task<String> task =
                cancelledAt(5, scope -> scope.sleep(ms(100)).map("x").otherwise("swallowed"));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void cancel_bodyFailsOtherwise_staysCancelledAndKeepsTheError() {
        Task<Object> task = cancelledAt(5, failWhenCancelled("connection reset"));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(task.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("connection reset");
    }

    @Test
    void cancel_bodyIsOverButChildrenAreNot_cancels() {
        Task<String> task = cancelledAt(5, scope -> {
            scope.start("child", after(100, "child"));
            return Future.succeededFuture("x");
        });

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactly("child stopped");
    }

    @Test
    void cancel_reachesGrandchildren_childrenEndFirst() {
        cancelledAt(5, scope -> {
            scope.start("child", child -> {
                        Task<String> grandchild = child.start("grandchild", slowToStop(30));
                        child.task().onEnd(ended -> trail.add("grandchild " + grandchild.state()));
                        return child.sleep(ms(500));
                    })
                    .onEnd(ended -> trail.add("child at " + nowMs()));
            return scope.sleep(ms(500));
        });

        assertThat(trail).containsExactlyInAnyOrder("grandchild CANCELLED", "child at 35");
    }

    @Test
    void cancelledScope_startsNothingAndWaitsForNothing() {
        cancelledAt(
                5,
                scope -> scope.sleep(ms(100)).recover(cancelled -> {
                    Task<String> late = scope.start("late", after(1, "late"));
                    late.onEnd(ended -> trail.add("late " + ended.state()));
                    return scope.sleep(ms(1)).onFailure(again -> trail.add("sleep " + again.getMessage()));
                }));

        assertThat(trail).containsExactlyInAnyOrder("sleep caller left (by caller)", "late CANCELLED");
        assertThat(nowMs()).isEqualTo(5);
    }

    @Test
    void cancel_ofAJoinedTask_reachesTheOneThatJoins() {
        Outcome<String> outcome = outcomeOf(scope -> {
            Task<String> child = scope.start("child", after(100, "child"));
            child.cancel(CancelReason.of("somebody"));
            return scope.join(child);
        });

        assertThat(outcome.state()).isEqualTo(State.CANCELLED);
    }

    // ---- undo

    @Test
    void undo_isCalledOnceWithTheReason() {
        Task<Object> task = tasks.start(
                "main",
                scope -> scope.suspend("x", waiter -> reason -> {
                    trail.add(reason.why());
                    return true;
                }));
        loop.run();
        task.cancel(caller());
        task.cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("caller left");
    }

    @Test
    void undo_afterTheWaitWasResumed_isNotCalledAndTheValueIsDelivered() {
        Task<String> task = tasks.start(
                "main",
                scope -> scope.<String>suspend("x", waiter -> {
                            loop.schedule(ms(10), () -> {
                                waiter.resume("permit");
                                scope.task().cancel(caller());
                            });
                            return reason -> {
                                trail.add("undo");
                                return true;
                            };
                        })
                        .onSuccess(trail::add));
        loop.run();

        assertThat(trail).containsExactly("permit");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void undo_returnsFalse_waitsUntilTheWorkHasReallyStopped() {
        Task<Object> task = cancelledAt(
                5,
                scope -> scope.suspend("a query", waiter -> reason -> {
                    loop.schedule(ms(30), () -> waiter.fail(new Broken("57014")));
                    return false;
                }));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(35);
        assertThat(task.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("57014");
    }

    @Test
    void undo_throws_endsTheWaitWithThatAndTheOthersAreUndone() {
        Task<Object> task = cancelledAt(5, scope -> {
            scope.start("other", after(100, "other"));
            return scope.suspend("x", waiter -> reason -> {
                throw new AssertionError("undo");
            });
        });

        assertThat(task.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("undo");
        assertThat(trail).containsExactly("other stopped");
    }

    @Test
    void undo_resumesTheWaiterItself_deliversThat() {
        cancelledAt(
                5,
                scope -> scope.<String>suspend("x", waiter -> reason -> {
                            waiter.resume("in time");
                            return true;
                        })
                        .onSuccess(trail::add));

        assertThat(trail).containsExactly("in time");
    }

    @Test
    void cancel_whileTheWaitIsBeingParked_isUndoneToo() {
        Task<Object> task = tasks.start(
                "main",
                scope -> scope.suspend("x", waiter -> {
                    scope.task().cancel(caller());
                    return reason -> {
                        trail.add("undo");
                        return true;
                    };
                }));
        loop.run();

        assertThat(trail).containsExactly("undo");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void await_isCancelled_endsAtOnceAndStopsTheWorkBehind() {
        Promise<String> work = Promise.promise();
        Task<String> task = cancelledAt(
                5,
                scope -> scope.await("work", work.future(), reason -> {
                    trail.add("reset");
                    return true;
                }));

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(trail).containsExactly("reset");
        work.complete("too late");
        loop.run();
        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void cancel_ofManyWaiters_undoesAll() {
        cancelledAt(5, scope -> {
            for (int i = 0; i < 100; i++) {
                scope.start("child", after(100, "child"));
                scope.sleep(ms(100)).onFailure(stopped -> trail.add("own"));
            }
            return scope.sleep(ms(100));
        });

        assertThat(trail).hasSize(200);
    }

    // ---- clean-up

    @Test
    void cleanUp_runsLastRegisteredFirst_afterChildren_onSuccess() {
        outcomeOf(scope -> {
            scope.cleanUp("one", own -> own.sleep(ms(5)).map(slept -> trail.add("one")));
            scope.cleanUp("two", own -> own.sleep(ms(5)).map(slept -> trail.add("two")));
            scope.start("child", after(10, "child")).onEnd(ended -> trail.add("child"));
            return Future.succeededFuture();
        });

        assertThat(trail).containsExactly("child", "two", "one");
        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void cleanUp_afterACancel_mayWaitAndStartChildren() {
        Task<Object> task = cancelledAt(5, scope -> {
            scope.cleanUp(
                    "close",
                    own -> own.gather(List.of(own.start("a", after(10, "a")), own.start("b", after(20, "b"))))
                            .map(trail::addAll));
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(trail).containsExactly("a", "b");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(25);
    }

    @Test
    void cleanUp_secondCancel_doesNotStopIt() {
        Task<Object> task = tasks.start("main", scope -> {
            scope.cleanUp("close", own -> own.sleep(ms(100)).map(slept -> trail.add("closed")));
            return scope.suspend("ever", waiter -> reason -> true);
        });
        loop.advance(ms(5));
        task.cancel(CancelReason.of("first"));
        loop.advance(ms(5));
        task.cancel(CancelReason.of("second"));
        loop.run();

        assertThat(trail).containsExactly("closed");
        assertThat(task.failure()).hasMessageContaining("first");
    }

    @Test
    void cleanUp_afterADeadline_hasABudgetOfItsOwn() {
        Outcome<String> outcome = outcomeOf(
                scope -> scope.timeout(ms(10), "limited", slowToStop(500)).otherwise("x"));

        assertThat(outcome.value()).isEqualTo("x");
        assertThat(nowMs()).isEqualTo(510);
    }

    @Test
    void cleanUp_overItsBudget_isStopped() {
        Throwable failure = failureOf(scope -> {
            scope.cleanUp("close", own -> own.suspend("ever", waiter -> reason -> true));
            return Future.succeededFuture("x");
        });

        assertThat(failure).isInstanceOf(TimedOutException.class).hasMessage("no end within 2000 ms");
        assertThat(nowMs()).isEqualTo(2_000);
    }

    @Test
    void cleanUp_fails_isTheFailureOfATaskThatHadNone() {
        Outcome<String> outcome = outcomeOf(scope -> {
            scope.cleanUp("one", own -> Future.failedFuture(new Broken("one")));
            scope.cleanUp("two", own -> {
                throw new Broken("two");
            });
            return Future.succeededFuture("x");
        });

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.value()).isNull();
        assertThat(outcome.failure()).hasMessage("two");
        assertThat(outcome.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("one");
    }

    @Test
    void cleanUp_failsAfterACancel_isSuppressed() {
        Task<Object> task = cancelledAt(5, scope -> {
            scope.cleanUp("close", own -> Future.failedFuture(new Broken("close")));
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(task.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("close");
    }

    @Test
    void cleanUp_thatIsItselfCancelled_isAFailure() {
        Outcome<String> outcome = outcomeOf(scope -> {
            scope.cleanUp("close", own -> {
                own.task().cancel(caller());
                return own.sleep(ms(1));
            });
            return Future.succeededFuture("x");
        });

        assertThat(outcome.state()).isEqualTo(State.FAILED);
        assertThat(outcome.failure()).hasMessage("clean-up main/close was cancelled");
    }

    @Test
    void cleanUp_ofATaskThatNeverBegan_isNone() {
        Task<Object> task = tasks.start("main", scope -> {
            scope.cleanUp("close", own -> Future.succeededFuture());
            return Future.succeededFuture();
        });
        task.cancel(caller());
        loop.run();

        assertThat(tasks.statistics().started()).isEqualTo(1);
    }

    @Test
    void cancel_duringCleanUpOfAFinishedTask_comesTooLate() {
        Task<String> task = cancelledAt(5, scope -> {
            scope.cleanUp("close", own -> own.sleep(ms(50)));
            return Future.succeededFuture("x");
        });

        assertThat(task.result()).isEqualTo("x");
    }

    // ---- shield

    @Test
    void shield_isNotReachedByACancel_andIsWaitedFor() {
        Task<Object> task = cancelledAt(5, scope -> {
            scope.shield("commit", ms(500), own -> own.sleep(ms(100)).map(slept -> trail.add("committed")));
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(trail).containsExactly("committed");
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void shield_startedInACancelledScope_runs() {
        cancelledAt(
                5,
                scope -> scope.sleep(ms(100)).recover(cancelled -> {
                    scope.shield("undo", ms(500), own -> own.sleep(ms(10)).map(slept -> trail.add("undone")));
                    return Future.failedFuture(cancelled);
                }));

        assertThat(trail).containsExactly("undone");
    }

    @Test
    void shield_overItsBudget_isStopped() {
        cancelledAt(5, scope -> {
            scope.shield("commit", ms(50), after(1_000, "commit")).onEnd(ended -> trail.add("shield " + ended.state()));
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(trail).containsExactly("commit stopped", "shield TIMED_OUT");
        assertThat(nowMs()).isEqualTo(50);
    }

    @Test
    void shield_nestedInAShield_outlivesTheOutersBudget() {
        cancelledAt(5, scope -> {
            scope.shield("outer", ms(50), outer -> {
                outer.shield("inner", ms(500), inner -> inner.sleep(ms(100)).map(slept -> trail.add("inner")));
                return outer.sleep(ms(1_000)).onFailure(stopped -> trail.add("outer"));
            });
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(trail).containsExactly("outer", "inner");
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void shield_ownCancel_stopsIt() {
        outcomeOf(scope -> {
            Task<String> shield = scope.shield("commit", ms(500), after(100, "commit"));
            return scope.sleep(ms(5)).map(slept -> {
                shield.cancel(caller());
                return null;
            });
        });

        assertThat(trail).containsExactly("commit stopped");
        assertThat(nowMs()).isEqualTo(5);
    }

    // ---- close

    @Test
    void close_cancelsAllAndCompletesWhenAllHaveEnded() {
        Task<String> task = tasks.start("main", slowToStop(50));
        loop.advance(ms(5));
        tasks.close().onSuccess(closed -> trail.add("closed at " + nowMs()));
        Task<String> late = tasks.start("late", after(1, "late"));
        loop.run();

        assertThat(trail).containsExactly("closed at 55");
        assertThat(task.failure()).hasMessageContaining("its loop is closed");
        assertThat(late.state()).isEqualTo(State.CANCELLED);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> tasks.start("later", after(1, "x")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_twice_isFine() {
        tasks.close();
        tasks.close().onSuccess(closed -> trail.add("closed"));
        loop.run();

        assertThat(trail).containsExactly("closed");
    }
}
