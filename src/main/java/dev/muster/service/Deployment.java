package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.run.Runner;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The deployment, as far as runs need it: the plans, callers and sources of one reading of the configuration. Safe on any thread.
 *
 * <p>A reload creates a new deployment. Runs finish on the deployment that they began with.
 */
public interface Deployment {

    /** The saved plans, compiled, by name. */
    Map<String, Program> programs();

    /** The callers and their permissions. */
    Callers callers();

    /** The executor of plans. */
    Runner runner();

    /** The task group in which runs on this loop are started. */
    Tasks tasks(Loop loop);

    /**
     * Compiles a plan that is not saved. The plan may use only sources with {@code adhoc: true}, and only the queues and plans that
     * the caller may use. Parsing runs off the loop, and is limited to the time that a run may take.
     *
     * @param plan the plan as a JSON value, or its text
     * @param caller the caller that sent the plan
     * @param loop the loop that the run will use
     * @param gone completes if the caller disconnects; parsing then stops
     * @return the program, or a failure: {@code badInput} with all problems of the plan; {@code limit} if the plan is too large or
     *     too many plans wait; {@code timeout}; {@code unavailable} if {@link #tryEnter} would return false
     */
    Future<Program> adhoc(Object plan, Caller caller, Loop loop, Future<?> gone);

    /** The time limit of a run whose plan sets none. */
    Duration runTime();

    /** The sources, each with whether it must be ready before the node is ready. */
    Map<String, Boolean> needed();

    /** Checks that a source is ready; fails with the reason if it is not. */
    Future<@Nullable Void> ready(Scope scope, String source);

    /**
     * Registers the start of a run on this deployment. The deployment stays open until {@link #left} has been called as often.
     *
     * @return false if the deployment has been replaced and closed; nothing is registered then
     */
    boolean tryEnter();

    /** Registers the end of a run on this deployment. */
    void left();

    /** The error for a caller whose run {@link #tryEnter} rejected. */
    static MusterException replaced() {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "the configuration was replaced during the request; try again",
                Map.of(CallerError.RETRY_AFTER, 1L),
                null);
    }
}
