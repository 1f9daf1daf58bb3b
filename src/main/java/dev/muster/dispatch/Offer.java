package dev.muster.dispatch;

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
 * What a node can run by one reading of its configuration. A reload makes a new one; runs finish on the one that they began
 * with. Safe on every thread.
 */
public interface Offer {

    /** The saved plans, ready to run, by name. */
    Map<String, Program> programs();

    /** Who may. */
    Callers callers();

    /** What starts runs. */
    Runner runner();

    /** Where runs on this loop are started. */
    Tasks tasks(Loop loop);

    /**
     * Makes a plan ready that is not saved: it may use only what says {@code adhoc: true}, and of queues and plans only those
     * that the caller may use. It is read off the loop, and no longer than the run may take.
     *
     * @param plan the plan as a JSON value, or its text
     * @param caller who brings it
     * @param loop the one that the run will be on
     * @param gone completes if its caller leaves: then it is read no further
     * @return the program, or a {@code badInput} with everything that is wrong; {@code limit} where it is too large, or too many
     *     others wait; {@code timeout}; {@code unavailable} where {@link #tryEnter} would refuse it
     */
    Future<Program> adhoc(Object plan, Caller caller, Loop loop, Future<?> gone);

    /** How long a run may take where its plan says nothing. */
    Duration runTime();

    /** The sources, with whether each has to be ready before the node is. */
    Map<String, Boolean> needed();

    /** Asks a source whether it is ready; fails with the reason if it is not. */
    Future<@Nullable Void> ready(Scope scope, String source);

    /**
     * A run begins that uses this; it is kept open until as many have {@linkplain #left left}.
     *
     * @return false if another offer took its place meanwhile and nothing used it any more: it is closed, and nothing has begun
     */
    boolean tryEnter();

    /** A run that used this has ended. */
    void left();

    /** What a caller is told whom {@link #tryEnter} refuses. */
    static MusterException replaced() {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "the configuration was replaced while the request came; ask again",
                Map.of(CallerError.RETRY_AFTER, 1L),
                null);
    }
}
