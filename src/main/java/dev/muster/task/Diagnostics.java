package dev.muster.task;

import org.jspecify.annotations.Nullable;

/** Is told what a programmer should know: failures that nobody looked at, and steps that held the loop. On the loop. */
public interface Diagnostics {

    /**
     * A task failed, or something failed while it was being stopped, and nobody looked at it for a second after its end.
     *
     * @param task the task's path
     * @param failure what it failed with
     * @param origin in debug mode, a stack trace of the place that started the task
     */
    void droppedFailure(String task, Throwable failure, @Nullable Throwable origin);

    /**
     * The kernel found a fault of its own: the tree in which it was seen ends with this. Logged as an error unless it is told
     * otherwise.
     */
    default void brokenInvariant(BrokenInvariantException broken) {
        LoggedDiagnostics.log(broken);
    }

    /** In debug mode: a step of this task held the loop for this long, more than the threshold. */
    void slowStep(String task, long nanos);
}
