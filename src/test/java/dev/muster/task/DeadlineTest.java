package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadlineTest extends KernelTest {

    @Test
    void deadline_passes_endsAsTimedOutAndSaysWhose() {
        Task<String> task = tasks.start("main", after(1_000, "x")).withTimeout(ms(300));
        task.onEnd(ended -> {});
        loop.run();

        assertThat(task.state()).isEqualTo(State.TIMED_OUT);
        assertThat(task.failure()).isInstanceOfSatisfying(TimedOutException.class, timedOut -> {
            assertThat(timedOut).hasMessage("no end within 300 ms");
            assertThat(timedOut.reason().by()).isEqualTo("main");
        });
        assertThat(nowMs()).isEqualTo(300);
    }

    @Test
    void endsInTime_leavesNoTimer() {
        tasks.start("main", after(10, "x")).withTimeout(ms(300));
        loop.run();

        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void zeroOrNegativeLimit_endsAtTheFirstWait() {
        assertThat(failureOf(scope -> scope.timeout(Duration.ZERO, "x", after(10, "x"))))
                .isInstanceOf(TimedOutException.class);
        assertThat(failureOf(scope -> scope.timeout(ms(-5), "x", after(10, "x"))))
                .isInstanceOf(TimedOutException.class);
        assertThat(nowMs()).isZero();
    }

    @Test
    void limitOfForEver_isNotAnOverflow() {
        String value = valueOf(scope -> scope.timeout(Duration.ofSeconds(Long.MAX_VALUE), "x", after(10, "x")));

        assertThat(value).isEqualTo("x");
    }

    @Test
    void deadline_onlyShrinks() {
        Task<String> task = tasks.start("main", after(1_000, "x"));
        task.withTimeout(ms(100)).withTimeout(ms(300)).withTimeout(ms(50)).withTimeout(ms(70));
        task.onEnd(ended -> {});
        loop.run();

        assertThat(nowMs()).isEqualTo(50);
        assertThat(task.failure()).hasMessage("no end within 50 ms");
    }

    @Test
    void childsDeadline_isNeverLaterThanItsParents() {
        Optional<Duration> remaining = valueOf(scope -> {
            scope.task().withTimeout(ms(100));
            return scope.join(scope.start("child", child -> Future.succeededFuture(child.remaining()))
                    .withTimeout(ms(500)));
        });

        assertThat(remaining).contains(ms(100));
    }

    @Test
    void parentsDeadlinePasses_bothEndAndTheChildNamesTheParent() {
        Task<Object> task = tasks.start("main", scope -> {
                    scope.start("child", after(1_000, "child"))
                            .withTimeout(ms(500))
                            .onEnd(ended -> trail.add(ended.state() + " by "
                                    + ((TimedOutException) ended.failure())
                                            .reason()
                                            .by()));
                    return scope.suspend("ever", waiter -> reason -> true);
                })
                .withTimeout(ms(100));
        task.onEnd(ended -> {});
        loop.run();

        assertThat(trail).containsExactlyInAnyOrder("child stopped", "TIMED_OUT by main");
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void parentsDeadlineIsSetLaterAndSooner_itCounts() {
        Optional<Duration> remaining = valueOf(scope -> {
            Task<Optional<Duration>> child = scope.start(
                            "child", own -> own.sleep(ms(10)).map(slept -> own.remaining()))
                    .withTimeout(ms(500));
            scope.task().withTimeout(ms(100));
            return scope.join(child);
        });

        assertThat(remaining).contains(ms(90));
    }

    @Test
    void announcedStop_isKnownBelow_andStopsNothing() {
        var left = new ArrayList<Duration>();
        Task<Object> task = tasks.start("main", scope -> {
            left.add(scope.remaining().orElseThrow());
            scope.cleanUp("after", own -> {
                left.add(own.remaining().orElseThrow());
                return Future.succeededFuture();
            });
            return scope.join(scope.start("child", child -> {
                left.add(child.remaining().orElseThrow());
                return child.sleep(ms(300)).map(slept -> "done");
            }));
        });
        task.announceStop(ms(500));
        task.announceStop(ms(100));
        task.announceStop(ms(200));
        loop.run();

        assertThat(left).startsWith(ms(100), ms(100)).hasSize(3);
        assertThat(left.get(2)).isGreaterThan(ms(1_000));
        assertThat(task.result()).isEqualTo("done");
        assertThat(nowMs()).isEqualTo(300);
    }

    @Test
    void announcedStop_ofARunningTask_isHandedDown_butNotToShieldedOnes() {
        var left = new ArrayList<Optional<Duration>>();
        Task<Object> task = tasks.start("main", scope -> {
            scope.start("child", child -> child.sleep(ms(10)).map(slept -> left.add(child.remaining())));
            return scope.sleep(ms(5)).compose(slept -> {
                scope.task().announceStop(ms(50));
                return scope.sleep(ms(20)).map(again -> left.add(scope.remaining()));
            });
        });
        loop.run();

        assertThat(task.state()).isEqualTo(State.FINISHED);
        assertThat(left).containsExactly(Optional.of(ms(45)), Optional.of(ms(30)));
    }

    @Test
    void earlierTimeoutThanAnAnnouncedStop_stillActs() {
        Task<Object> task = tasks.start("main", scope -> scope.suspend("ever", waiter -> reason -> true))
                .announceStop(ms(500))
                .withTimeout(ms(100));
        task.onEnd(ended -> {});
        loop.run();

        assertThat(task.state()).isEqualTo(State.TIMED_OUT);
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void innerTimeout_isHandled_theOuterStillCounts() {
        Throwable failure = failureOf(scope -> scope.timeout(
                ms(100),
                "outer",
                outer -> outer.timeout(ms(10), "inner", after(500, "inner")).recover(timedOut -> {
                    trail.add("handled at " + nowMs());
                    return outer.sleep(ms(500)).map("x");
                })));

        assertThat(failure).isInstanceOf(TimedOutException.class).hasMessage("no end within 100 ms");
        assertThat(trail).containsExactly("inner stopped", "handled at 10");
        assertThat(nowMs()).isEqualTo(100);
    }

    @Test
    void outerTimeoutFirst_innerCannotMakeItAValue() {
        Throwable failure = failureOf(scope -> scope.timeout(
                ms(10),
                "outer",
                outer -> outer.timeout(ms(100), "inner", after(500, "inner")).otherwise("handled")));

        assertThat(failure).hasMessage("no end within 10 ms");
    }

    @Test
    void bothPassInTheSameMoment_endsAsTimedOut() {
        Throwable failure = failureOf(scope ->
                scope.timeout(ms(10), "outer", outer -> outer.timeout(ms(10), "inner", after(500, "inner"))));

        assertThat(failure).isInstanceOf(TimedOutException.class);
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void bodyFailsOnTimeOut_staysTimedOutAndKeepsTheError() {
        Throwable failure = failureOf(scope -> scope.timeout(ms(10), "x", failWhenCancelled("reset")));

        assertThat(failure).isInstanceOf(TimedOutException.class);
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("reset");
    }

    @Test
    void bodyFailsBeforeTheDeadline_isThatFailure() {
        assertThat(failureOf(scope -> scope.timeout(ms(100), "x", failAfter(10, "x"))))
                .hasMessage("x");
        assertThat(nowMs()).isEqualTo(10);
    }

    @Test
    void cancelBeforeTheDeadline_isACancel() {
        Task<Object> task = tasks.start("main", scope -> {
            Task<String> child = scope.start("child", slowToStop(200)).withTimeout(ms(100));
            return scope.sleep(ms(10))
                    .compose(slept -> {
                        child.cancel(caller());
                        return scope.join(child);
                    })
                    .map("x");
        });
        task.onEnd(ended -> {});
        loop.run();

        assertThat(task.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void outerTaskOfATimeout_isNotCancelled() {
        Outcome<String> outcome =
                outcomeOf(scope -> scope.timeout(ms(10), "x", after(500, "x")).otherwise("went on"));

        assertThat(outcome.value()).isEqualTo("went on");
        assertThat(outcome.state()).isEqualTo(State.FINISHED);
    }

    @Test
    void timeoutInCleanUp_works() {
        outcomeOf(scope -> {
            scope.cleanUp(
                    "close",
                    own -> own.timeout(ms(10), "polite", after(500, "polite"))
                            .recover(timedOut -> Future.succeededFuture("forced"))
                            .onSuccess(trail::add));
            return Future.succeededFuture();
        });

        assertThat(trail).containsExactly("polite stopped", "forced");
    }
}
