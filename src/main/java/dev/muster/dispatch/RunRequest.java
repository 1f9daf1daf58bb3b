package dev.muster.dispatch;

import dev.muster.access.Caller;
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
 * @param spent how much of the run's time has passed already
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
        Duration spent) {

    /** The wish of somebody who asks once. */
    public RunRequest(
            Caller caller,
            @Nullable Object input,
            boolean detached,
            @Nullable String traceparent,
            @Nullable String tracestate,
            RunListener listener) {
        this(caller, input, detached, traceparent, tracestate, Kept.NOTHING, listener, null, Duration.ZERO);
    }

    /** The same, whose run keeps what the request holds. */
    public RunRequest holding(MemoryBudget.Share held) {
        return new RunRequest(caller, input, detached, traceparent, tracestate, kept, listener, held, spent);
    }

    /** The same, for whose plan so much of the run's time was spent. */
    public RunRequest after(Duration passed) {
        return new RunRequest(caller, input, detached, traceparent, tracestate, kept, listener, memory, passed);
    }
}
