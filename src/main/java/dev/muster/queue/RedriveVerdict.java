package dev.muster.queue;

/** The result of redriving one dead job. */
public enum RedriveVerdict {
    /** The job was dead, and is ready. */
    REDRIVEN,
    /** The job is in another state. Nothing changed. */
    NOT_DEAD,
    /** Another unfinished job has this job's unique word. The job stays dead. */
    TAKEN,
    /** There is no room. The job stays dead. */
    FULL,
    /** There is no such job, or the store does not keep it any more. */
    MISSING
}
