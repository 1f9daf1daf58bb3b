package dev.muster.task;

/** The state of a task. The last four states are final. */
public enum State {
    /** Started from another thread and on its way to the loop. */
    CREATED,
    /** Ready: the body begins in a later step. */
    SCHEDULED,
    /** A step of it runs on the loop right now. */
    RUNNING,
    /** Waiting for a future, for its children or for its clean-up. */
    SUSPENDED,
    /** Ended with a value. */
    FINISHED,
    /** Ended with a failure, of its own or of a child. */
    FAILED,
    /** Ended because it was cancelled. */
    CANCELLED,
    /** Ended because its deadline passed. */
    TIMED_OUT;

    /** Whether this state is final. */
    public boolean isFinal() {
        return compareTo(FINISHED) >= 0;
    }
}
