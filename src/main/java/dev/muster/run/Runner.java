package dev.muster.run;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.task.Locals;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The starter of runs. Safe on any thread; each run is confined to the loop of its tasks. */
public final class Runner {

    /** The maximum duration of any run, whatever its plan or the settings. */
    public static final Duration LONGEST = Duration.ofMinutes(15);

    /** The seam for computations that would hold the loop for too long. */
    @FunctionalInterface
    public interface Offload {

        /**
         * Runs the work on a worker thread. A cancel of the scope ends or abandons it. The work must not touch the state of
         * the run.
         */
        Future<@Nullable Object> compute(Scope scope, Supplier<@Nullable Object> work);
    }

    private final RunLimits limits;
    private final Offload offload;

    /** Creates a runner with these limits; expensive expressions go to the offload. */
    public Runner(RunLimits limits, Offload offload) {
        this.limits = limits;
        this.offload = offload;
    }

    /**
     * Starts a run. On the loop of the tasks.
     *
     * @param input a JSON value, usually a map; null for an empty input
     * @throws MusterException of type {@link ErrorType#TIMEOUT} if the caller's deadline has passed; of type
     *     {@link ErrorType#BAD_INPUT} if the input is invalid, with all its problems, or if the listener takes no items
     */
    @SuppressWarnings("unchecked") // a valid input is a map
    public Run start(Tasks tasks, Program program, @Nullable Object input, RunOptions options) {
        Plan plan = program.plan();
        var loop = tasks.loop();
        if (options.deadline() != null) {
            options.deadline().check(loop.nanos());
        }
        PlanBody.checkInput(plan, input);
        CallerStream.check(plan.streamed(), options.listener());
        String id = RunId.next(loop.wallTime());
        var state = new RunState(loop, id, program, options, limits, offload);
        long startedNanos = loop.nanos();
        options.listener().event(new Event.Start(id, plan.name()));
        Map<String, @Nullable Object> values = input == null ? Map.of() : (Map<String, @Nullable Object>) input;
        Locals locals = RunStep.ofRun(id, plan.name(), options.caller().get("name"));
        Task<@Nullable Object> task =
                tasks.start("run " + id + " " + plan.name(), locals, scope -> state.body(scope, values));
        var run = new Run(state, task, startedNanos);
        limit(state, task, options);
        task.onEnd(ended -> {
            long endedNanos = loop.nanos();
            state.whenIdle(() -> run.ended(endedNanos));
        });
        return run;
    }

    /** The given time, but at most {@link #LONGEST}. */
    public static Duration within(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }

    /** Sets the time limit of the run: that of its plan or the caller's deadline, whichever is earlier. */
    private void limit(RunState state, Task<?> task, RunOptions options) {
        Duration limit = limitOf(state.plan(), options);
        Deadline deadline = options.deadline();
        Duration left = deadline == null ? limit : deadline.left(state.now());
        if (deadline != null && left.compareTo(limit) < 0) {
            state.time().limit(state, task, left, deadline.passed());
        } else {
            state.time().limit(state, task, limit);
        }
    }

    private Duration limitOf(Plan plan, RunOptions options) {
        if (options.sequential()) {
            return LONGEST;
        }
        Duration whole = plan.timeout() == null ? limits.runTime() : plan.timeout();
        Duration left = whole.minus(options.spent());
        return left.isNegative() ? Duration.ZERO : left;
    }
}
