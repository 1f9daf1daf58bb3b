package dev.muster.queue;

/** What a store made of bringing one dead job back. */
public enum RedriveVerdict {
    /** It was dead, and is ready. */
    REDRIVEN,
    /** It is in another state. Nothing changed. */
    NOT_DEAD,
    /** Another unfinished job has its unique word. It stays dead. */
    TAKEN,
    /** There is no room. It stays dead. */
    FULL,
    /** There is no such job, or not any more. */
    MISSING
}
