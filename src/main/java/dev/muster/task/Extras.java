package dev.muster.task;

import dev.muster.loop.Timer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The rarely used fields of a task, kept in an object of their own so that other tasks do not pay for them. */
final class Extras {

    record CleanUp(String name, Body<?> body) {}

    /** Clean-ups still to run, the last registered first. */
    final ArrayDeque<CleanUp> cleanUps = new ArrayDeque<>(2);

    /** The stand-in of the task for its ended children. */
    Named.@Nullable Past past;

    /** Failures after the first one or during a cancel. */
    LaterFailures.@Nullable Collector later;

    /** Values for this task and its descendants. */
    @Nullable
    Locals locals;

    /** The task's own deadline in the loop's time. */
    long deadlineNanos = Long.MAX_VALUE;

    @Nullable
    Timer deadlineTimer;

    /** The innermost open limit on the task's waits. */
    @Nullable
    Limit limit;
}
