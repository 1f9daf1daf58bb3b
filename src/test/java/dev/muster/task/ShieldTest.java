package dev.muster.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Tasks that a cancel does not reach. */
class ShieldTest extends KernelTest {
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
}
