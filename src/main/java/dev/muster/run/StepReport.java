package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * The report of one step of a run.
 *
 * @param path the path of the step
 * @param summary a description in a few words
 * @param isCall whether it is a verb call, not a combinator
 * @param startedNanos the start of the step, in the loop's time
 * @param endedNanos the end of the step, in the loop's time, or -1
 * @param state the final state, or null while it runs
 * @param error the error; null if the step runs, is done or was skipped
 * @param attempts the attempts so far, or null if there was only one
 * @param cancel the receipt of the cancel, or null if the step was not stopped
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
        @Nullable Receipt cancel) {}
