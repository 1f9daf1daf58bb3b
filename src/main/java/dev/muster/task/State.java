package dev.muster.task;

/** Where a task is in its life. The last four are final. */
public enum State {
    /** Made by another thread and on its way to the loop. */
    CREATED,
    /** Ready; its body begins in one of the next steps. */
    SCHEDULED,
    /** A step of it is on the loop right now. */
    RUNNING,
    /** Waits: for a future, for its children, or for its clean-up. */
    SUSPENDED,
    /** Ended with a value. */
    FINISHED,
    /** Ended with an error of its own or of a child. */
    FAILED,
    /** Ended because somebody cancelled it. */
    CANCELLED,
    /** Ended because its deadline passed. */
    TIMED_OUT;

    /** Whether this is one of the four in which a task ends. */
    public boolean isFinal() {
        return compareTo(FINISHED) >= 0;
    }
}
