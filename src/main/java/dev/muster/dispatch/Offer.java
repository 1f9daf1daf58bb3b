package dev.muster.dispatch;

import dev.muster.access.Callers;
import dev.muster.loop.Loop;
import dev.muster.run.Program;
import dev.muster.run.Runner;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
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
     * Makes a plan ready that is not saved: it may use only what says {@code adhoc: true}. It is read off the loop, and no
     * longer than the run may take.
     *
     * @param plan the plan as a JSON value, or its text
     * @param loop the one that the run will be on
     * @param gone completes if its caller leaves: then it is read no further
     * @return the program, or a {@code badInput} with everything that is wrong; {@code limit} where it is too large, or too many
     *     others wait; {@code timeout}
     */
    Future<Program> adhoc(Object plan, Loop loop, Future<?> gone);

    /** How long a run may take where its plan says nothing. */
    Duration runTime();

    /** The sources, with whether each has to be ready before the node is. */
    Map<String, Boolean> needed();

    /** Asks a source whether it is ready; fails with the reason if it is not. */
    Future<@Nullable Void> ready(Scope scope, String source);

    /** A value with the configuration's secrets masked in its texts. */
    @Nullable
    Object masked(@Nullable Object value);

    /** A value as JSON on one line, with the configuration's secrets masked in its texts. */
    Buffer json(@Nullable Object value);

    /**
     * A run begins that uses this; it is kept open until as many have {@linkplain #left left}.
     *
     * @return false if another offer took its place meanwhile and nothing used it any more: it is closed, and nothing has begun
     */
    boolean tryEnter();

    /** A run that used this has ended. */
    void left();
}
