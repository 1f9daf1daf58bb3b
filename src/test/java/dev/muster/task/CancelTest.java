package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Cancels, and the close that cancels all. */
class CancelTest extends KernelTest {
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
