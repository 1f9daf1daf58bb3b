package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.task.CancelReason;
import dev.muster.task.Task;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time limit of a plan: the plan of the run, or a nested one. On the run's loop.
 *
 * <p>It is not a task deadline: when it passes, unfinished steps with a default take the default if that lets the plan
 * continue. Only otherwise is everything cancelled.
 */
final class PlanDeadline {

    /**
     * The steps running inside a plan or a step at this moment, and whether they survive the deadline.
     *
     * <p>When the deadline passes, unfinished steps with a default take it, and the run continues only if no other step is
     * unfinished. All steps are therefore asked first whether they survive, and only then is anything stopped.
     */
    static final class ActiveSteps {

        private final Set<StepRun> steps = new LinkedHashSet<>(2);
        private @Nullable BooleanSupplier restSurvives;

        void add(StepRun step) {
            steps.add(step);
        }

        void remove(StepRun step) {
            steps.remove(step);
        }

        /**
         * Sets the test of whether the steps that have not begun would survive. Without one, nothing inside survives:
         * this is no combinator.
         */
        void rest(BooleanSupplier survives) {
            restSurvives = survives;
        }

        boolean survives() {
            return restSurvives != null
                    && restSurvives.getAsBoolean()
                    && steps.stream().allMatch(StepRun::survivesDeadline);
        }

        void expire(CancelReason reason) {
            Set.copyOf(steps).forEach(step -> step.expire(reason));
        }
    }

    private final String plan;
    private final @Nullable PlanDeadline outer;
    private final ActiveSteps live;
    private long endNanos = Long.MAX_VALUE;
    private @Nullable CancelReason passed;

    /**
     * Creates the time of a plan, without a limit so far.
     *
     * @param outer the time of the calling plan, or null
     * @param live the running steps of the plan
     */
    PlanDeadline(String plan, @Nullable PlanDeadline outer, ActiveSteps live) {
        this.plan = plan;
        this.outer = outer;
        this.live = live;
    }

    /** The running steps of the plan. */
    ActiveSteps live() {
        return live;
    }

    /** Sets the limit: when it passes, steps take their defaults, or the task that executes the plan is cancelled. */
    void limit(RunState run, Task<?> task, Duration limit) {
        limit(run, task, limit, null);
    }

    /**
     * Sets the limit.
     *
     * @param why the error message when it passes; null for a message with the limit itself
     */
    void limit(RunState run, Task<?> task, Duration limit, @Nullable String why) {
        endNanos = run.loop().nanos() + limit.toNanos();
        task.announceStop(limit);
        var timer = run.loop().schedule(limit, () -> isOver(task, limit, why));
        task.onEnd(ended -> timer.cancel());
    }

    /** Whether the limit of this plan or of an enclosing one has passed. */
    boolean isUp() {
        return passed != null || (outer != null && outer.isUp());
    }

    /**
     * The cancel reason, once the limit has passed.
     *
     * @throws IllegalStateException if it has not passed
     */
    CancelReason reason() {
        if (passed != null) {
            return passed;
        }
        if (outer == null) {
            throw new IllegalStateException("the time of plan " + plan + " is not up");
        }
        return outer.reason();
    }

    /** Whether more than this much time is left, here and in the enclosing plans. */
    boolean allows(long nanos, long nowNanos) {
        return nanos < endNanos - nowNanos && (outer == null || outer.allows(nanos, nowNanos));
    }

    private void isOver(Task<?> task, Duration limit, @Nullable String why) {
        String reason = why == null ? "no answer in " + Durations.human(limit) : why;
        passed = new CancelReason(CancelReason.Kind.TIMEOUT, "plan " + plan, reason);
        if (live.survives()) {
            live.expire(passed);
        } else {
            task.cancel(passed);
        }
    }
}
