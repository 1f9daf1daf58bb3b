package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failures belong to their readers: nothing is written into one that others see, and nothing that fails late is dropped. */
class LaterFailuresTest extends KernelTest {

    /** As Vert.x and queues throw them: without a stack, and without a place for suppressed ones. */
    private static final class Bare extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Bare(String message) {
            super(message, null, false, false);
        }
    }

    @Test
    void sharedFailure_ofTwoGroups_carriesNothingFromOneToTheOther() {
        var shared = new Broken("shared");
        Task<?>[] groups = new Task<?>[2];
        outcomeOf(scope -> {
            for (int i = 0; i < 2; i++) {
                int number = i;
                groups[i] = scope.group("group " + i, own -> {
                    own.start("a", child -> child.sleep(ms(10)).compose(slept -> Future.failedFuture(shared)));
                    own.start("b", failWhenCancelled("of " + number));
                    return own.suspend("ever", waiter -> reason -> true);
                });
            }
            return scope.sleep(ms(50));
        });

        assertThat(shared).hasNoSuppressedExceptions();
        for (int i = 0; i < 2; i++) {
            assertThat(groups[i].failure()).isSameAs(shared);
            assertThat(groups[i].laterFailures().kept())
                    .extracting(Throwable::getMessage)
                    .containsExactly("of " + i);
        }
    }

    @Test
    void groupOfManyFailingChildren_keepsABoundedNumberAndCountsAll() {
        Task<Object> group = tasks.start(
                "group",
                scope -> scope.join(scope.group("many", own -> {
                    for (int i = 0; i < 20_000; i++) {
                        own.start("child", failWhenCancelled("x"));
                    }
                    return own.sleep(ms(5)).compose(slept -> Future.failedFuture(new Broken("first")));
                })));
        group.onEnd(ended -> {});
        loop.run();

        assertThat(group.failure()).hasMessage("first").hasNoSuppressedExceptions();
        assertThat(group.laterFailures().kept()).hasSize(LaterFailures.MAX_KEPT);
        assertThat(group.laterFailures().count()).isEqualTo(20_000);
    }

    @Test
    void cancelledGroupOfManyFailingChildren_suppressesABoundedNumberAndCountsTheRest() {
        Task<Object> group = cancelledAt(5, scope -> {
            for (int i = 0; i < 5_000; i++) {
                scope.start("child", failWhenCancelled("x"));
            }
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(group.failure().getSuppressed()).hasSize(LaterFailures.MAX_KEPT + 1);
        assertThat(group.failure().getSuppressed()[LaterFailures.MAX_KEPT])
                .hasMessage("and " + (5_000 - LaterFailures.MAX_KEPT) + " more failures");
    }

    @Test
    void raceOfManyFailures_hasABoundedMessage() {
        Throwable failure = failureOf(scope -> {
            var racers = new ArrayList<Task<String>>();
            for (int i = 0; i < 5_000; i++) {
                racers.add(scope.start("racer", failAfter(1, "no ".repeat(1_000))));
            }
            return scope.race(racers);
        });

        assertThat(failure).isInstanceOf(CombinedException.class);
        assertThat(failure.getMessage()).hasSizeLessThan(4_000).contains("and 4995 more");
        assertThat(failure.getSuppressed()).hasSize(LaterFailures.MAX_KEPT + 1);
    }

    @Test
    void firstFailureThatTakesNoSuppressed_losesNone() {
        failureOf(scope -> scope.gather(List.of(
                scope.start("a", own -> own.sleep(ms(1)).compose(slept -> Future.failedFuture(new Bare("bare")))),
                scope.start("b", failWhenCancelled("b")))));

        assertThat(main.failure()).hasMessage("bare");
        assertThat(laterOfMain()).containsExactly("b");
    }

    @Test
    void plainScopeIsCancelled_whatItsChildFailsWithIsSuppressed() {
        Task<Object> main = cancelledAt(5, scope -> {
            scope.start("child", failWhenCancelled("roll-back"));
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(main.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("roll-back");
    }

    @Test
    void childsCleanUpFailsDuringACancel_isSuppressedInTheTop() {
        Task<Object> main = cancelledAt(5, scope -> {
            scope.start("child", own -> {
                own.cleanUp("close", after -> Future.failedFuture(new Broken("close")));
                return own.suspend("ever", waiter -> reason -> true);
            });
            return scope.suspend("ever", waiter -> reason -> true);
        });

        assertThat(main.failure().getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("close");
    }

    @Test
    void cancelledRoot_thatNobodyLooksAt_isReportedWithWhatFailed() {
        Task<Object> main = tasks.start("main", scope -> {
            scope.start("child", failWhenCancelled("roll-back"));
            return scope.suspend("ever", waiter -> reason -> true);
        });
        loop.advance(ms(5));
        main.cancel(caller());
        loop.run();

        assertThat(dropped).containsExactly("main: caller left (by caller)");
    }

    @Test
    void childFailsAtAnyStepAroundACancel_isNeverLost() {
        for (int steps = 0; steps < 8; steps++) {
            dropped.clear();
            int later = steps;
            Task<Object> main = tasks.start("main", scope -> {
                scope.start(
                        "child",
                        own -> own.sleep(ms(5)).compose(slept -> {
                            afterSteps(later, () -> scope.task().cancel(caller()));
                            return Future.failedFuture(new Broken("child"));
                        }));
                return scope.suspend("ever", waiter -> reason -> true);
            });
            main.onEnd(ended -> {});
            loop.run();

            List<String> told = new ArrayList<>(dropped);
            for (Throwable suppressed : main.failure().getSuppressed()) {
                told.add(suppressed.getMessage());
            }
            assertThat(told).as("after %s steps", steps).hasSize(1).allMatch(line -> line.contains("child"));
        }
    }

    private void afterSteps(int steps, Runnable then) {
        if (steps == 0) {
            then.run();
        } else {
            loop.execute(() -> afterSteps(steps - 1, then));
        }
    }

    @Test
    void deadChildOfALongLivedParent_isReportedAfterTheGraceOfARoot() {
        Task<Object> main = tasks.start("main", scope -> {
            scope.start("child", failAfter(10, "unseen"));
            return scope.sleep(ms(60_000)).mapEmpty();
        });
        loop.advance(ms(2_100));

        assertThat(main.isDone()).isFalse();
        assertThat(dropped).containsExactly("main/child: unseen");
    }

    @Test
    void reasonOfACancelInAGroup_namesTheChildThatFailed() {
        failureOf(scope -> scope.join(scope.group("group", own -> {
            own.start("culprit", failAfter(10, "x"));
            return own.sleep(ms(100)).onFailure(stopped -> trail.add(stopped.getMessage()));
        })));

        assertThat(trail).singleElement().asString().contains("main/group/culprit failed");
    }

    @Test
    void cancelsAndTimeOuts_surviveSerialization() throws Exception {
        Throwable cancelled = copy(new CancelledException(caller()));
        Throwable timedOut = copy(failureOf(scope -> Gather.failFast(
                scope, List.of(scope.start("a", after(1, "a")), scope.start("b", after(100, "b"))), ms(10))));

        assertThat(cancelled).hasMessage("caller left (by caller)");
        assertThat(((CancelledException) cancelled).reason()).isEqualTo(caller());
        assertThat(((TimedOutException) timedOut).finished()).containsExactly("a");
        assertThat(((TimedOutException) timedOut).unfinished()).containsExactly("b");
        assertThat(((TimedOutException) timedOut).reason().kind()).isEqualTo(CancelReason.Kind.TIMEOUT);
    }

    private static Throwable copy(Throwable of) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(of);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (Throwable) in.readObject();
        }
    }

    @Test
    void joinedFailureThatIsWrapped_makesNoCircle() {
        Task<Object> main = tasks.start("main", scope -> {
            Task<String> child = scope.start("child", failAfter(5, "child"));
            child.onEnd(ended -> scope.task().cancel(caller()));
            return scope.join(child)
                    .recover(thrown -> Future.failedFuture(new IllegalStateException("wraps", thrown)))
                    .mapEmpty();
        });
        main.onEnd(ended -> {});
        loop.run();

        for (Throwable suppressed : main.failure().getSuppressed()) {
            assertThat(suppressed.getCause()).isNotSameAs(main.failure());
            assertThat(suppressed).hasNoSuppressedExceptions();
        }
        assertThat(main.state()).isEqualTo(State.CANCELLED);
    }
}
