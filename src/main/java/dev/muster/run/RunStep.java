package dev.muster.run;

import dev.muster.connect.Receipts;
import dev.muster.task.Locals;
import dev.muster.task.TaskLocal;
import dev.muster.task.Tasks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which step of which run a task belongs to: a value that the tasks of a run inherit. Immutable.
 *
 * @param run the run's id
 * @param plan the name of its plan
 * @param caller the name of who asked for it, or null for nobody
 * @param step the step's path, or null between the steps
 */
public record RunStep(
        String run,
        String plan,
        @Nullable String caller,
        @Nullable String step) {

    private static final TaskLocal<RunStep> RUN = TaskLocal.named("run");

    /** That which the calling thread works for now. Looked for when it is asked; costs less than a microsecond. */
    public static Optional<RunStep> current() {
        return at(Tasks.current(RUN), Tasks.current(Receipts.STEP));
    }

    /** That whose step is on a loop's thread at this moment; racy. */
    public static Optional<RunStep> on(Thread thread) {
        return at(Tasks.current(thread, RUN), Tasks.current(thread, Receipts.STEP));
    }

    /** The values for the task of a run. */
    static Locals ofRun(String run, String plan, @Nullable Object caller) {
        return Locals.of(RUN, new RunStep(run, plan, caller == null ? null : caller.toString(), null));
    }

    /** The values for the task of a step. */
    static Locals ofStep(Receipts.Taker step) {
        return Locals.of(Receipts.STEP, step);
    }

    private static Optional<RunStep> at(@Nullable RunStep run, Receipts.@Nullable Taker step) {
        return Optional.ofNullable(run)
                .map(of -> new RunStep(of.run, of.plan, of.caller, step == null ? null : step.path()));
    }
}
