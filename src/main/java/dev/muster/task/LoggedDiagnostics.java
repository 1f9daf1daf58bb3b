package dev.muster.task;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Diagnostics that log to the platform's logger, so that the kernel needs no logging library. */
final class LoggedDiagnostics implements Diagnostics {

    /** Loaded at the first report: the platform's logger is slow to initialize, and most trees have nothing to report. */
    private static final class Log {
        private static final Logger LOGGER = System.getLogger("dev.muster.task");
    }

    @Override
    public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
        Log.LOGGER.log(Level.WARNING, "task " + task + " failed and its failure was not observed", failure);
        if (origin != null) {
            Log.LOGGER.log(Level.WARNING, "task " + task + " was started here", origin);
        }
    }

    static void log(BrokenInvariantException broken) {
        Log.LOGGER.log(Level.ERROR, broken.getMessage(), broken);
    }

    @Override
    public void slowStep(String task, long nanos) {
        Log.LOGGER.log(Level.WARNING, "a step of task {0} held the loop for {1} ms", task, nanos / 1_000_000);
    }
}
