package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.task.CancelReason;
import dev.muster.task.Task;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time that one plan has: the run's own, or one that it calls. On the run's loop.
 *
 * <p>It is not the deadline of a task: when it is up, unfinished steps with a default take it if that is enough for the plan
 * to go on, and only otherwise everything is stopped.
 */
final class PlanTime {

    private final String plan;
    private final @Nullable PlanTime outer;
    private final Live live;
    private long endNanos = Long.MAX_VALUE;
    private @Nullable CancelReason passed;

    /**
     * Of a plan.
     *
     * @param outer the time of the plan that calls it, or null
     * @param live the plan's steps
     */
    PlanTime(String plan, @Nullable PlanTime outer, Live live) {
        this.plan = plan;
        this.outer = outer;
        this.live = live;
    }

    /** The plan's steps. */
    Live live() {
        return live;
    }

    /** Ends the task that executes the plan, or lets its steps take their defaults, once this time is over. */
    void limit(RunState run, Task<?> task, Duration limit) {
        limit(run, task, limit, null);
    }

    /** The same, with what is said once the time is over, where that is not the limit itself. */
    void limit(RunState run, Task<?> task, Duration limit, @Nullable String why) {
        endNanos = run.loop().nanos() + limit.toNanos();
        task.announceStop(limit);
        var timer = run.loop().schedule(limit, () -> isOver(task, limit, why));
        task.onEnd(ended -> timer.cancel());
    }

    /** Whether this plan's time is up, or that of one around it. */
    boolean isUp() {
        return passed != null || (outer != null && outer.isUp());
    }

    /** The reason to stop, once the time is up. */
    CancelReason reason() {
        if (passed != null) {
            return passed;
        }
        if (outer == null) {
            throw new IllegalStateException("the time of plan " + plan + " is not up");
        }
        return outer.reason();
    }

    /** Whether there is so much time left. */
    boolean allows(long nanos, long nowNanos) {
        return nanos < endNanos - nowNanos && (outer == null || outer.allows(nanos, nowNanos));
    }

    private void isOver(Task<?> task, Duration limit, @Nullable String why) {
        String said = why == null ? "no answer in " + Durations.human(limit) : why;
        passed = new CancelReason(CancelReason.Kind.TIMEOUT, "plan " + plan, said);
        if (live.survives()) {
            live.expire(passed);
        } else {
            task.cancel(passed);
        }
    }
}
