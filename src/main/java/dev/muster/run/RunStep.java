package dev.muster.run;

import dev.muster.connect.Receipts;
import dev.muster.task.Locals;
import dev.muster.task.TaskLocal;
import dev.muster.task.Tasks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The run and step that a task belongs to: a task-local value that the tasks of a run inherit. Immutable.
 *
 * @param run the id of the run
 * @param plan the name of its plan
 * @param caller the name of the caller, or null if there is none
 * @param step the path of the step, or null between steps
 */
public record RunStep(
        String run,
        String plan,
        @Nullable String caller,
        @Nullable String step) {

    private static final TaskLocal<RunStep> RUN = TaskLocal.named("run");

    /** The run and step that the calling thread works for now. The lookup takes less than a microsecond. */
    public static Optional<RunStep> current() {
        return at(Tasks.current(RUN), Tasks.current(Receipts.STEP));
    }

    /** The run and step whose task is on the given loop thread at this moment; racy. */
    public static Optional<RunStep> on(Thread thread) {
        return at(Tasks.current(thread, RUN), Tasks.current(thread, Receipts.STEP));
    }

    /** The task-local values for the task of a run. */
    static Locals ofRun(String run, String plan, @Nullable Object caller) {
        return Locals.of(RUN, new RunStep(run, plan, caller == null ? null : caller.toString(), null));
    }

    /** The task-local values for the task of a step. */
    static Locals ofStep(Receipts.Taker step) {
        return Locals.of(Receipts.STEP, step);
    }

    private static Optional<RunStep> at(@Nullable RunStep run, Receipts.@Nullable Taker step) {
        return Optional.ofNullable(run)
                .map(of -> new RunStep(of.run, of.plan, of.caller, step == null ? null : step.path()));
    }
}
