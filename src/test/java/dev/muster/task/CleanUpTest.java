package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clean-up at the end of a task. */
class CleanUpTest extends KernelTest {
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
        assertThat(outcome.failure()).hasMessage("two").hasNoSuppressedExceptions();
        assertThat(laterOfMain()).containsExactly("one");
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
}
