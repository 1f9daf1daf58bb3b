package dev.muster.task;

import org.jspecify.annotations.Nullable;

/** The receiver of reports for programmers: failures that nothing has read, slow steps, faults of the kernel. Called on the loop. */
public interface Diagnostics {

    /**
     * Reports a failure of a task, or during its cancel, that nothing has read within about a second after the task's
     * end.
     *
     * @param task the path of the task
     * @param failure the failure of the task
     * @param origin in debug mode, a stack trace of the place that started the task
     */
    void droppedFailure(String task, Throwable failure, @Nullable Throwable origin);

    /** Reports a fault of the kernel; the tree in which it was detected ends with it. The default logs an error. */
    default void brokenInvariant(BrokenInvariantException broken) {
        Tasks.LoggedDiagnostics.log(broken);
    }

    /**
     * Reports a step that held the loop for longer than the threshold; in debug mode only.
     *
     * @param nanos the duration of the step in nanoseconds
     */
    void slowStep(String task, long nanos);
}
