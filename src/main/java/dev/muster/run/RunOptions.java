package dev.muster.run;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one run is to be done.
 *
 * @param sequential one step at a time; the time-outs of the plan and of combinators do not apply then
 * @param caller the variable {@code caller}
 * @param traceparent the header of the trace that it belongs to, as the caller sent it (W3C Trace Context); null, or what is
 *     malformed, for a trace of its own
 * @param tracestate what tracing systems have noted of it, several headers joined by commas, or null
 * @param kept what an earlier try left of it
 * @param listener who is told of the events
 * @param memory what the run and its request hold of the node's memory
 * @param spent how much of the time that the plan gives had passed before it began
 * @param deadline until when its caller waits, or null where it has not said
 */
public record RunOptions(
        boolean sequential,
        Map<String, Object> caller,
        @Nullable String traceparent,
        @Nullable String tracestate,
        Kept kept,
        RunListener listener,
        MemoryBudget.Share memory,
        Duration spent,
        @Nullable Deadline deadline) {

    /** The options of work that is tried once. */
    public RunOptions(
            boolean sequential,
            Map<String, Object> caller,
            @Nullable String traceparent,
            @Nullable String tracestate,
            RunListener listener) {
        this(
                sequential,
                caller,
                traceparent,
                tracestate,
                Kept.NOTHING,
                listener,
                MemoryBudget.unbounded().share(),
                Duration.ZERO,
                null);
    }

    /** Concurrent, for nobody in particular. */
    public static RunOptions of(RunListener listener) {
        return new RunOptions(false, Map.of(), null, null, listener);
    }
}
