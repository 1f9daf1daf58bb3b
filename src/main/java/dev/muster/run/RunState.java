package dev.muster.run;

import dev.muster.connect.TraceContext;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.plan.Step;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import dev.muster.sync.Semaphore;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What all steps of one run share. On the run's loop. */
final class RunState {

    /** What a step takes while it is at work: its tasks, its variables, what it waits for. */
    private static final long BYTES_OF_A_STEP = 2_000;

    /** What values take in memory for each byte of their JSON: more where they are many and small, less where texts are long. */
    private static final long BYTES_OF_A_JSON_BYTE = 4;

    /** What is larger is counted as this: values that stand at many places may be endless as a text. */
    private static final long MOST_WEIGHED = 1 << 28;

    private final String id;
    private final Program program;
    private final RunOptions options;
    private final RunLimits limits;
    private final Computing computing;
    private final Trace trace;
    private final TraceContext traceContext;
    private final SplittableRandom random;
    private final @Nullable Semaphore turn;
    private final Loop loop;
    private final PlanTime time;
    private final List<Task<@Nullable Object>> kept = new ArrayList<>(0);
    private @Nullable Scope root;
    private @Nullable Runnable quiet;
    private int openSteps;
    private int tasks;
    private long heldJson;
    private int effects;

    RunState(
            Loop loop,
            String id,
            Program program,
            RunOptions options,
            RunLimits limits,
            Offload offload,
            Trace trace,
            long seed) {
        this.loop = loop;
        this.id = id;
        this.time = new PlanTime(program.plan().name(), null, new Live());
        this.program = program;
        this.options = options;
        this.limits = limits;
        this.computing = new Computing(limits, offload);
        this.trace = trace;
        this.traceContext = TraceContext.of(options.traceparent(), options.tracestate(), id);
        this.random = new SplittableRandom(seed);
        this.turn = options.sequential() ? new Semaphore(loop, 1) : null;
    }

    // ---- the whole

    /** The body of the run's task. */
    Future<@Nullable Object> body(Scope scope, Map<String, @Nullable Object> input) {
        root = scope;
        var place = new StepRun.Place(program, time.live(), 0, time);
        return new PlanBody(this, place, "", variables(input), true, null)
                .run(scope)
                .compose(output -> {
                    kept.forEach(task -> task.cancel(
                            new CancelReason(CancelReason.Kind.NOT_NEEDED, "run", "the run's output is ready")));
                    return computing.weight(scope, output, limits.outputBytes()).map(weight -> {
                        Output.check(weight, limits);
                        holdOnly(weight);
                        return output;
                    });
                });
    }

    /** From now on the output alone is held: the results that it was made of are either parts of it or gone. */
    private void holdOnly(long output) {
        if (heldJson > output) {
            letsGo(heldJson - output);
        } else if (output - heldJson >= StepMemory.LARGE) {
            holds(output - heldJson, false);
        }
        heldJson = output;
    }

    /** The times of its steps. */
    Trace trace() {
        return trace;
    }

    /** The run's time. */
    PlanTime time() {
        return time;
    }

    // ---- what steps use

    String id() {
        return id;
    }

    Plan plan() {
        return program.plan();
    }

    Loop loop() {
        return loop;
    }

    TraceContext traceContext() {
        return traceContext;
    }

    RunLimits limits() {
        return limits;
    }

    Scope root() {
        if (root == null) {
            throw new IllegalStateException("the run has not begun");
        }
        return root;
    }

    boolean isSequential() {
        return options.sequential();
    }

    /** Where steps run one at a time: the one place. */
    @Nullable
    Semaphore turn() {
        return turn;
    }

    /** One after another, everything takes longer: only the time-outs of single calls still make sense. */
    boolean liftsTimeout(Step step) {
        return options.sequential() && !(step.action() instanceof VerbCall);
    }

    double random() {
        return random.nextDouble();
    }

    /** Tasks that a wait left behind; they end with the run. */
    void keep(List<Task<@Nullable Object>> pending) {
        kept.addAll(pending);
    }

    /** The variables that every plan has. */
    Env variables(Map<String, @Nullable Object> input) {
        var variables = new HashMap<String, @Nullable Object>();
        variables.put("input", input);
        variables.put("caller", options.caller());
        variables.put("run", Map.of("id", id, "plan", program.plan().name()));
        return Env.of(variables);
    }

    /** Computes a template here, or on a worker if it would hold the loop. */
    Future<@Nullable Object> evaluate(Scope scope, Template template, Env env) {
        return computing.evaluate(scope, template, env);
    }

    /** Gives a value on that was put together, if it is not too large. */
    Future<@Nullable Object> weighed(Scope scope, @Nullable Object value) {
        return computing.weighed(scope, value);
    }

    Kept kept() {
        return options.kept();
    }

    /** A call that may change something is on its way to its source. */
    void effectBegins() {
        effects++;
    }

    /** One that had begun was never sent. */
    void effectWasNone() {
        effects--;
    }

    /** Whether something may have changed anywhere, so that to run it again may do it twice. */
    boolean hasEffects() {
        return effects > 0;
    }

    // ---- what steps tell

    RunListener listener() {
        return options.listener();
    }

    /**
     * Counts a step that is at work from now on.
     *
     * @return true, so that the step knows that it is counted
     * @throws MusterException of type {@code limit} where the run has as many already
     */
    boolean enter(StepRun step) {
        requireTasks(step, 1);
        takes(BYTES_OF_A_STEP, step.isCleanUp());
        tasks++;
        return true;
    }

    /** Refuses so many steps at once before the first of them has begun; clean-up is never refused. */
    void requireTasks(StepRun step, long more) {
        if (more > limits.tasks() - tasks && !step.isCleanUp()) {
            throw tooManyTasks(step.path);
        }
    }

    private void takes(long bytes, boolean always) {
        if (always) {
            options.memory().counts(bytes);
        } else {
            options.memory().takes(bytes);
        }
    }

    /**
     * Counts a value that is held from now on, by the size of its JSON.
     *
     * @param always for clean-up, which is counted and never refused
     * @throws MusterException of type {@code limit} where the node has not as much memory
     */
    void holds(long json, boolean always) {
        takes(json * BYTES_OF_A_JSON_BYTE, always);
    }

    /** Values of so many bytes of JSON are held no longer. */
    void letsGo(long json) {
        if (json > 0) {
            options.memory().gives(json * BYTES_OF_A_JSON_BYTE);
        }
    }

    /** Results of the plan's own steps are held until the output is there. */
    void keeps(long json) {
        heldJson += json;
    }

    /** The size of a value as JSON, which is remembered if it is large. */
    Future<Long> weight(Scope scope, @Nullable Object value) {
        return computing.weight(scope, value, MOST_WEIGHED);
    }

    /** The size of a value as JSON, found at once; it is not walked over where that is known. */
    long weightNow(@Nullable Object value) {
        return computing.weightNow(value, limits.outputBytes());
    }

    /** Remembers the size of a value that was put together of parts whose sizes are known. */
    void remember(@Nullable Object value, long json) {
        computing.remember(value, json);
    }

    /** A step that {@link #enter} counted is over. */
    void leave() {
        tasks--;
        options.memory().gives(BYTES_OF_A_STEP);
    }

    private MusterException tooManyTasks(String path) {
        return new MusterException(
                ErrorType.LIMIT,
                path + ": the run would have more than " + limits.tasks()
                        + " steps at work at once (server.limits.tasks); a smaller concurrency needs fewer");
    }

    long began(StepRun step) {
        long now = loop.nanos();
        openSteps++;
        trace.began(step.path, step.step, now);
        options.listener().stepBegan(step.path);
        return now;
    }

    /** Notes how often a step was tried until now. */
    void tried(StepRun step, Attempts attempts) {
        trace.tried(step.path, attempts);
    }

    /** Notes an end, and tells it; {@code survived} says that the step's failure became a value. */
    void ended(Event.StepEnd end, boolean survived) {
        trace.ended(end, now(), survived);
        options.listener().event(end);
        openSteps--;
        tellIfQuiet();
    }

    /** Has somebody called once every step that began has told its end: the run's end is told last. */
    void whenQuiet(Runnable told) {
        quiet = told;
        tellIfQuiet();
    }

    private void tellIfQuiet() {
        Runnable told = quiet;
        if (openSteps == 0 && told != null) {
            quiet = null;
            told.run();
        }
    }

    long now() {
        return loop.nanos();
    }
}
