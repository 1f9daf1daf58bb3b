package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * One step of a run, for people and pages.
 *
 * @param path where it stands
 * @param summary what it does, in a few words
 * @param isCall whether it is a verb, not a combinator
 * @param startedNanos when it began, in the loop's time
 * @param endedNanos when it ended, or -1
 * @param state how it ended, or null while it runs
 * @param error why, unless it is done or skipped
 * @param attempts those before the last one until now, or null if there were none
 * @param cancel what became of its cancel, if it was stopped
 */
public record StepReport(
        String path,
        String summary,
        boolean isCall,
        long startedNanos,
        long endedNanos,
        @Nullable EndState state,
        @Nullable MusterException error,
        @Nullable Attempts attempts,
        @Nullable Receipt cancel) {

    /** Of a step that was tried once and not stopped. */
    public StepReport(
            String path,
            String summary,
            boolean isCall,
            long startedNanos,
            long endedNanos,
            @Nullable EndState state,
            @Nullable MusterException error) {
        this(path, summary, isCall, startedNanos, endedNanos, state, error, null, null);
    }
}
