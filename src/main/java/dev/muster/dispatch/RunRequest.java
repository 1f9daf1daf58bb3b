package dev.muster.dispatch;

import dev.muster.access.Caller;
import dev.muster.run.Kept;
import dev.muster.run.RunListener;
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
 */
public record RunRequest(
        Caller caller,
        @Nullable Object input,
        boolean detached,
        @Nullable String traceparent,
        @Nullable String tracestate,
        Kept kept,
        RunListener listener) {

    /** The wish of somebody who asks once. */
    public RunRequest(
            Caller caller,
            @Nullable Object input,
            boolean detached,
            @Nullable String traceparent,
            @Nullable String tracestate,
            RunListener listener) {
        this(caller, input, detached, traceparent, tracestate, Kept.NOTHING, listener);
    }
}
