package dev.muster.dispatch;

import dev.muster.access.Caller;
import dev.muster.run.Deadline;
import dev.muster.run.Kept;
import dev.muster.run.MemoryBudget;
import dev.muster.run.RunListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's wish to have a plan run.
 *
 * @param caller who
 * @param input a JSON value, usually a map
 * @param detached whether the run goes on without its caller; its events are kept for later then
 * @param traceparent the trace that it belongs to (W3C Trace Context), or null
 * @param tracestate what tracing systems have noted of it, several headers joined by commas, or null
 * @param kept what an earlier try left of it
 * @param listener who is told of its events, on the run's loop
 * @param memory what the request holds of the node's memory, which the run keeps until its end, or null
 * @param spent how much of the time that the plan gives has passed already
 * @param deadline until when the caller waits, or null where it has not said
 */
public record RunRequest(
        Caller caller,
        @Nullable Object input,
        boolean detached,
        @Nullable String traceparent,
        @Nullable String tracestate,
        Kept kept,
        RunListener listener,
        MemoryBudget.@Nullable Share memory,
        Duration spent,
        @Nullable Deadline deadline) {

    /** The wish of somebody who asks once. */
    public RunRequest(
            Caller caller,
            @Nullable Object input,
            boolean detached,
            @Nullable String traceparent,
            @Nullable String tracestate,
            RunListener listener) {
        this(caller, input, detached, traceparent, tracestate, Kept.NOTHING, listener, null, Duration.ZERO, null);
    }
}
