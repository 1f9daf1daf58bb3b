package dev.muster.queue;

/** The result of the cancel of one job. */
public enum CancelVerdict {
    /** The job was scheduled or ready, and is cancelled. */
    CANCELLED,
    /** The job is leased. Its holder is notified, now or earlier, and the job becomes cancelled unless the holder acknowledges it. */
    ASKED,
    /** The job was done, dead or cancelled already. Nothing changed. */
    FINISHED,
    /** There is no such job, or the store does not keep it any more. */
    MISSING
}
