package dev.muster.run;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of one run.
 *
 * @param sequential whether steps run one at a time; the time-outs of the plan and of combinators do not apply then
 * @param caller the value of the variable {@code caller}
 * @param traceparent the caller's trace header (W3C Trace Context); null or malformed starts a new trace
 * @param tracestate the vendor data of that trace, several headers joined by commas, or null
 * @param kept the checkpoints of earlier attempts
 * @param listener the receiver of the events
 * @param memory the share of the node's memory for the run and its request
 * @param spent the part of the plan's time limit that had passed before the run began
 * @param deadline the caller's deadline, or null if it has set none
 */
public record RunOptions(
        boolean sequential,
        Map<String, Object> caller,
        @Nullable String traceparent,
        @Nullable String tracestate,
        Checkpoints kept,
        RunListener listener,
        MemoryBudget.Share memory,
        Duration spent,
        @Nullable Deadline deadline) {

    /** Creates options for work without checkpoints, memory limit or deadline. */
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
                Checkpoints.NOTHING,
                listener,
                MemoryBudget.unbounded().share(),
                Duration.ZERO,
                null);
    }

    /** Creates options for a concurrent run without a caller. */
    public static RunOptions of(RunListener listener) {
        return new RunOptions(false, Map.of(), null, null, listener);
    }
}
