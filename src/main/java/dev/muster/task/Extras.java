package dev.muster.task;

import dev.muster.loop.Timer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What few tasks have, in an object of its own so that the others do not pay for it. */
final class Extras {

    record CleanUp(String name, Body<?> body) {}

    /** Clean-up that is still to run, the last registered first. */
    final ArrayDeque<CleanUp> cleanUps = new ArrayDeque<>(2);

    /** What is left of the task for its ended children. */
    @Nullable
    PastTask past;

    /** What failed after the first failure or during a cancel. */
    LaterFailures.@Nullable Collector later;

    /** Values for this task and all below it. */
    @Nullable
    Locals locals;

    /** Its own deadline in the loop's time. */
    long deadlineNanos = Long.MAX_VALUE;

    @Nullable
    Timer deadlineTimer;

    /** The limit on its waits that is open now. */
    @Nullable
    Limit limit;
}
