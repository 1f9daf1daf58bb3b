package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.run.Checkpoints;
import dev.muster.run.Deadline;
import dev.muster.run.MemoryBudget;
import dev.muster.run.RunListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request to run a plan.
 *
 * @param caller the caller
 * @param input a JSON value, usually a map
 * @param detached whether the run continues without its caller; its events are then kept
 * @param traceparent the trace of the request (W3C Trace Context), or null
 * @param tracestate the vendor state of the trace, several headers joined by commas, or null
 * @param kept the checkpoints of an earlier attempt
 * @param listener receives the events, on the run's loop
 * @param memory the request's share of the memory budget, which the run holds until its end, or null
 * @param spent the part of the plan's time limit that has passed already
 * @param deadline the caller's deadline, or null if the request has none
 */
public record RunRequest(
        Caller caller,
        @Nullable Object input,
        boolean detached,
        @Nullable String traceparent,
        @Nullable String tracestate,
        Checkpoints kept,
        RunListener listener,
        MemoryBudget.@Nullable Share memory,
        Duration spent,
        @Nullable Deadline deadline) {

    /** A request without checkpoints, deadline, memory share or time spent. */
    public RunRequest(
            Caller caller,
            @Nullable Object input,
            boolean detached,
            @Nullable String traceparent,
            @Nullable String tracestate,
            RunListener listener) {
        this(
                caller,
                input,
                detached,
                traceparent,
                tracestate,
                Checkpoints.NOTHING,
                listener,
                null,
                Duration.ZERO,
                null);
    }
}
