package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupTest extends KernelTest {

    private <T> Body<T> group(Body<T> body) {
        return scope -> scope.join(scope.group("group", body));
    }

    @Test
    void allSucceed_givesTheBodysValue() {
        String value = valueOf(group(own -> {
            own.start("a", after(10, "a"));
            own.start("b", after(20, "b"));
            return own.sleep(ms(1)).map("body");
        }));

        assertThat(value).isEqualTo("body");
        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void childFails_bodyThatWaitsIsStopped() {
        Throwable failure = failureOf(group(own -> {
            own.start("a", failAfter(10, "a"));
            return own.sleep(ms(500)).onFailure(stopped -> trail.add("body " + stopped.getMessage()));
        }));

        assertThat(failure).hasMessage("a");
        assertThat(trail).containsExactly("body main/group/a failed: a (by main/group/a)");
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void bodyFails_childrenAreCancelled_theirErrorsAreSuppressed() {
        Throwable failure = failureOf(group(own -> {
            own.start("a", after(500, "a"));
            own.start("b", failWhenCancelled("b"));
            return own.sleep(ms(10)).compose(slept -> Future.failedFuture(new Broken("body")));
        }));

        assertThat(failure).hasMessage("body");
        assertThat(failure).hasNoSuppressedExceptions();
        assertThat(laterOfMain()).containsExactly("b");
        assertThat(trail).containsExactly("a stopped");
    }

    @Test
    void twoChildrenFailTogether_theFirstIsThrownTheOtherSuppressed() {
        Throwable failure = failureOf(group(own -> {
            own.start("a", scope -> Future.failedFuture(new Broken("x")));
            own.start("b", scope -> Future.failedFuture(new Broken("x")));
            return own.sleep(ms(10));
        }));

        assertThat(failure).hasMessage("x");
        assertThat(failure).hasNoSuppressedExceptions();
        assertThat(laterOfMain().size()).isLessThanOrEqualTo(1);
    }

    @Test
    void bodyRethrowsTheChildsFailure_itIsNotSuppressedInItself() {
        Throwable failure = failureOf(group(own -> own.join(own.start("a", failAfter(10, "a")))));

        assertThat(failure).hasMessage("a");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void bodyHandlesTheChildsFailure_theGroupFailsAllTheSame() {
        Throwable failure = failureOf(group(
                own -> own.join(own.start("a", this.<String>failAfter(10, "a"))).otherwise("handled")));

        assertThat(failure).hasMessage("a");
    }

    @Test
    void childIsCancelledAlone_theGroupGoesOn() {
        String value = valueOf(group(own -> {
            Task<String> a = own.start("a", after(500, "a"));
            own.start("b", after(20, "b"));
            return own.sleep(ms(10)).map(slept -> {
                a.cancel(caller());
                return "body";
            });
        }));

        assertThat(value).isEqualTo("body");
        assertThat(nowMs()).isEqualTo(20);
    }

    @Test
    void childsOwnDeadlinePasses_theGroupFails() {
        Throwable failure = failureOf(group(own -> {
            own.start("a", after(500, "a")).withTimeout(ms(10));
            return own.sleep(ms(100));
        }));

        assertThat(failure).isInstanceOf(TimedOutException.class);
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void waitsTimeOut_inAGroup_isNotAFailureOfTheGroup() {
        Integer pending = valueOf(group(own -> Wait.run(
                        own, List.of(own.start("a", after(500, "a"))), Wait.Until.ALL, ms(10), Wait.Pending.CANCEL)
                .map(result -> result.pending().size())));

        assertThat(pending).isEqualTo(1);
    }

    @Test
    void collectedGathersTimeOut_inAGroup_isNotAFailureOfTheGroup() {
        State state = valueOf(group(own -> Gather.collect(own, List.of(own.start("a", after(500, "a"))), ms(10))
                .map(outcomes -> outcomes.get(0).state())));

        assertThat(state).isEqualTo(State.TIMED_OUT);
    }

    @Test
    void timeoutThatTheBodyHandles_theGroupGoesOn() {
        String value = valueOf(
                group(own -> own.timeout(ms(10), "part", after(500, "x")).otherwise("instead")));

        assertThat(value).isEqualTo("instead");
    }

    @Test
    void nestedGroupFails_theOuterFailsWithThat() {
        Throwable failure = failureOf(group(outer -> {
            outer.start("sibling", after(500, "sibling"));
            outer.group("inner", inner -> {
                inner.start("a", failAfter(10, "a"));
                return inner.sleep(ms(500));
            });
            return outer.sleep(ms(500));
        }));

        assertThat(failure).hasMessage("a");
        assertThat(trail).containsExactly("sibling stopped");
    }

    @Test
    void grandchildFailsAndItsParentHandlesIt_theGroupGoesOn() {
        String value = valueOf(group(own -> own.join(own.start(
                "child",
                child -> child.join(child.start("grandchild", this.<String>failAfter(5, "x")))
                        .otherwise("handled")))));

        assertThat(value).isEqualTo("handled");
    }

    @Test
    void childStartedWhileTheGroupIsStopping_endsCancelledWithoutBeginning() {
        Throwable failure = failureOf(group(own -> {
            own.start("a", failAfter(10, "a"));
            return own.sleep(ms(500)).recover(stopped -> {
                own.start("late", late -> {
                            trail.add("late began");
                            return Future.succeededFuture();
                        })
                        .onEnd(ended -> trail.add("late " + ended.state()));
                return Future.failedFuture(stopped);
            });
        }));

        assertThat(failure).hasMessage("a");
        assertThat(trail).containsExactly("late CANCELLED");
    }

    @Test
    void childrenThatStartChildren_areAllStopped() {
        int[] born = {0};
        Throwable failure = failureOf(group(own -> {
            own.start("hydra", head -> hydra(own, born));
            return own.sleep(ms(95)).compose(slept -> Future.failedFuture(new Broken("hercules")));
        }));

        assertThat(failure).hasMessage("hercules");
        assertThat(born[0]).isGreaterThan(100);
        assertThat(nowMs()).isEqualTo(95);
    }

    private Future<Void> hydra(Scope group, int[] born) {
        born[0]++;
        return group.sleep(ms(10)).map(slept -> {
            group.start("left", left -> hydra(group, born));
            group.start("right", right -> hydra(group, born));
            return null;
        });
    }

    @Test
    void cancelWhileStoppingAfterAFailure_theFailureStands() {
        Task<Object> group = tasks.start("main", scope -> {
            Task<Object> inner = scope.group("group", own -> {
                own.start("slow", slowToStop(100));
                own.start("a", failAfter(10, "a"));
                return own.suspend("ever", waiter -> reason -> true);
            });
            return scope.sleep(ms(50)).compose(slept -> {
                inner.cancel(caller());
                return scope.join(inner);
            });
        });
        group.onEnd(ended -> {});
        loop.run();

        assertThat(group.failure()).hasMessage("a");
        assertThat(group.state()).isEqualTo(State.FAILED);
    }

    @Test
    void deadlinePassesWhileStoppingAfterAFailure_theFailureStands() {
        Throwable failure = failureOf(scope -> scope.join(scope.group("group", own -> {
                    own.start("slow", slowToStop(100));
                    own.start("a", failAfter(10, "a"));
                    return own.suspend("ever", waiter -> reason -> true);
                })
                .withTimeout(ms(50))));

        assertThat(failure).hasMessage("a");
    }

    @Test
    void outerCancelWhileTheGroupStopsAfterAFailure_theOuterIsCancelled() {
        Task<Object> main = tasks.start("main", group(own -> {
            own.start("slow", slowToStop(100));
            own.start("a", failAfter(10, "a"));
            return own.suspend("ever", waiter -> reason -> true);
        }));
        main.onEnd(ended -> {});
        loop.advance(ms(50));
        main.cancel(caller());
        loop.run();

        assertThat(main.state()).isEqualTo(State.CANCELLED);
        assertThat(nowMs()).isEqualTo(110);
    }

    @Test
    void childFailsWhileTheGroupIsCancelled_isSuppressed() {
        Task<Object> main = tasks.start("main", scope -> {
            Task<Object> inner = scope.group("group", own -> {
                own.shield("commit", ms(500), failAfter(50, "commit"));
                return own.suspend("ever", waiter -> reason -> true);
            });
            inner.onEnd(ended -> trail.add(
                    ended.state() + " " + ended.failure().getSuppressed()[0].getMessage()));
            return scope.suspend("ever", waiter -> reason -> true);
        });
        loop.advance(ms(10));
        main.cancel(caller());
        loop.run();

        assertThat(trail).containsExactly("CANCELLED commit");
    }
}
