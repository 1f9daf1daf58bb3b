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
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The state shared by all steps of one run. On the run's loop. */
final class RunState {

    /** The estimated memory of a step at work: its tasks, variables and waits. */
    private static final long BYTES_OF_A_STEP = 2_000;

    /** The estimated memory of a value for each byte of its JSON; many small values take more, long texts less. */
    private static final long BYTES_OF_A_JSON_BYTE = 4;

    /** The size above which a value is not measured further: values with shared parts can be endless as text. */
    private static final long MAX_WEIGHED = 1 << 28;

    private final String id;
    private final Program program;
    private final RunOptions options;
    private final RunLimits limits;
    private final Computing computing;
    private final Trace trace = new Trace();
    private final TraceContext traceContext;
    private final SplittableRandom random =
            new SplittableRandom(ThreadLocalRandom.current().nextLong());
    private final @Nullable Semaphore turn;
    private final Loop loop;
    private final PlanDeadline time;
    private final List<Task<@Nullable Object>> kept = new ArrayList<>(0);
    private @Nullable Scope root;
    private @Nullable Runnable whenIdle;
    private int openSteps;
    private int tasks;
    private long heldJson;
    private int effects;

    RunState(Loop loop, String id, Program program, RunOptions options, RunLimits limits, Runner.Offload offload) {
        this.loop = loop;
        this.id = id;
        this.time = new PlanDeadline(program.plan().name(), null, new PlanDeadline.ActiveSteps());
        this.program = program;
        this.options = options;
        this.limits = limits;
        this.computing = new Computing(limits, offload);
        this.traceContext = TraceContext.of(options.traceparent(), options.tracestate(), id);
        this.turn = options.sequential() ? new Semaphore(loop, 1) : null;
    }

    // ---- the run

    /** The body of the run's task. */
    Future<@Nullable Object> body(Scope scope, Map<String, @Nullable Object> input) {
        root = scope;
        return new PlanBody(this, program, time, variables(input), null)
                .run(scope)
                .compose(output -> {
                    kept.forEach(task -> task.cancel(
                            new CancelReason(CancelReason.Kind.NOT_NEEDED, "run", "the run's output is ready")));
                    return computing.weight(scope, output, limits.outputBytes()).map(weight -> {
                        limits.checkOutput(weight);
                        holdOnly(weight);
                        return output;
                    });
                });
    }

    /** Releases everything but the output: the results are parts of it or no longer referenced. */
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

    /** The time limit of the run. */
    PlanDeadline time() {
        return time;
    }

    // ---- used by steps

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

    /** The semaphore of a sequential run; null otherwise. */
    @Nullable
    Semaphore turn() {
        return turn;
    }

    /** Whether a step's time-out is ignored: in a sequential run everything takes longer, so only the time-outs of calls make sense. */
    boolean liftsTimeout(Step step) {
        return options.sequential() && !(step.action() instanceof VerbCall);
    }

    double random() {
        return random.nextDouble();
    }

    /** Adds the tasks that a {@code wait} left running; they are cancelled when the output is ready. */
    void keep(List<Task<@Nullable Object>> pending) {
        kept.addAll(pending);
    }

    /** The variables defined in every plan, with this input. */
    Env variables(Map<String, @Nullable Object> input) {
        var variables = new HashMap<String, @Nullable Object>();
        variables.put("input", input);
        variables.put("caller", options.caller());
        variables.put("run", Map.of("id", id, "plan", program.plan().name()));
        return Env.of(variables);
    }

    /** Evaluates a template on the loop, or on a worker if it would hold the loop for too long. */
    Future<@Nullable Object> evaluate(Scope scope, Template template, Env env) {
        return computing.evaluate(scope, template, env);
    }

    /** Returns a composed value; fails with {@code limit} if it is too large. */
    Future<@Nullable Object> weighed(Scope scope, @Nullable Object value) {
        return computing.weighed(scope, value);
    }

    Checkpoints kept() {
        return options.kept();
    }

    /** Counts a call that can change data and is about to be sent. */
    void effectBegins() {
        effects++;
    }

    /** Takes back one such count: the call was never sent. */
    void effectWasNone() {
        effects--;
    }

    /** Whether data may have been changed, so that another run could repeat the change. */
    boolean hasEffects() {
        return effects > 0;
    }

    // ---- reports of steps

    RunListener listener() {
        return options.listener();
    }

    /**
     * Counts a step as being at work.
     *
     * @return true, so that the step records that it is counted
     * @throws MusterException of type {@code limit} if the run has too many steps at work or the node has no memory left
     */
    boolean enter(StepRun step) {
        requireTasks(step, 1);
        takes(BYTES_OF_A_STEP, step.isCleanUp());
        tasks++;
        return true;
    }

    /** Rejects a number of concurrent steps before the first of them has begun; clean-up is never rejected. */
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
     * Counts a value held from now on, by the size of its JSON.
     *
     * @param json the size in bytes of JSON
     * @param always true for clean-up, which is counted but never rejected
     * @throws MusterException of type {@code limit} if the node has no memory left
     */
    void holds(long json, boolean always) {
        takes(json * BYTES_OF_A_JSON_BYTE, always);
    }

    /** Releases values of this many bytes of JSON. */
    void letsGo(long json) {
        if (json > 0) {
            options.memory().gives(json * BYTES_OF_A_JSON_BYTE);
        }
    }

    /** Adds to the results of the plan's own steps, which are held until the output is ready. */
    void keeps(long json) {
        heldJson += json;
    }

    /** The size of a value as JSON, cached if large. */
    Future<Long> weight(Scope scope, @Nullable Object value) {
        return computing.weight(scope, value, MAX_WEIGHED);
    }

    /** The size of a value as JSON, computed at once; a cached size is not computed again. */
    long weightNow(@Nullable Object value) {
        return computing.weightNow(value, limits.outputBytes());
    }

    /** Caches the size of a value composed of parts with known sizes. */
    void remember(@Nullable Object value, long json) {
        computing.remember(value, json);
    }

    /** Counts a step as no longer at work, after {@link #enter}. */
    void leave() {
        tasks--;
        options.memory().gives(BYTES_OF_A_STEP);
    }

    private MusterException tooManyTasks(String path) {
        return new MusterException(
                ErrorType.LIMIT,
                path + ": the run would have more than " + limits.tasks()
                        + " concurrent steps (server.limits.tasks); lower the concurrency");
    }

    long began(StepRun step) {
        long now = loop.nanos();
        openSteps++;
        trace.began(step.path, step.step, now);
        options.listener().stepBegan(step.path);
        return now;
    }

    /** Records the attempts of a step so far. */
    void tried(StepRun step, Attempts attempts) {
        trace.tried(step.path, attempts);
    }

    /**
     * Records the end of a step and reports it to the listener.
     *
     * @param survived whether the failure of the step became a value
     */
    void ended(Event.StepEnd end, boolean survived) {
        trace.ended(end, now(), survived);
        options.listener().event(end);
        openSteps--;
        completeIfIdle();
    }

    /** Sets a callback for the moment when every begun step has reported its end, so that the end of the run is reported last. */
    void whenIdle(Runnable onIdle) {
        whenIdle = onIdle;
        completeIfIdle();
    }

    private void completeIfIdle() {
        Runnable onIdle = whenIdle;
        if (openSteps == 0 && onIdle != null) {
            whenIdle = null;
            onIdle.run();
        }
    }

    long now() {
        return loop.nanos();
    }
}
