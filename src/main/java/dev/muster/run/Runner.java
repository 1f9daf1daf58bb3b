package dev.muster.run;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.task.Locals;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Starts runs of programs. Safe on every thread; each run is on the loop of its tasks. */
public final class Runner {

    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final RunLimits limits;
    private final Offload offload;

    /** A runner with these bounds, which has expensive expressions computed by somebody else. */
    public Runner(RunLimits limits, Offload offload) {
        this.limits = limits;
        this.offload = offload;
    }

    /**
     * Starts a run. On the loop of the tasks.
     *
     * @param input a JSON value, usually a map
     * @throws MusterException of type {@link ErrorType#BAD_INPUT} with everything that is wrong with the input
     */
    @SuppressWarnings("unchecked") // an input that fits is a map
    public Run start(Tasks tasks, Program program, @Nullable Object input, RunOptions options) {
        Plan plan = program.plan();
        List<String> problems = plan.input().problems(input);
        if (!problems.isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, "the input of plan " + plan.name() + ": " + String.join("; ", problems));
        }
        Outflow.check(plan.streamed(), options.listener());
        var loop = tasks.loop();
        String id = RunId.next(loop.wallTime());
        var trace = new Trace();
        long seed = ThreadLocalRandom.current().nextLong();
        var state = new RunState(loop, id, program, options, limits, offload, trace, seed);
        long startedNanos = loop.nanos();
        options.listener().event(new Event.Start(id, plan.name()));
        Map<String, @Nullable Object> given = input == null ? Map.of() : (Map<String, @Nullable Object>) input;
        Locals locals = RunStep.ofRun(id, plan.name(), options.caller().get("name"));
        Task<@Nullable Object> task =
                tasks.start("run " + id + " " + plan.name(), locals, scope -> state.body(scope, given));
        var run = new Run(loop, id, plan, state, options.listener(), task, startedNanos);
        Duration limit = limitOf(plan, options);
        state.time().limit(state, task, limit);
        task.onEnd(ended -> {
            long endedNanos = loop.nanos();
            state.whenQuiet(() -> run.ended(endedNanos));
        });
        return run;
    }

    /** This time, or that of the longest run if it is longer. */
    public static Duration within(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST : time;
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
