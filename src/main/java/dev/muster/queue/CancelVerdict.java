package dev.muster.queue;

/** What a store made of the cancel of one job. */
public enum CancelVerdict {
    /** It waited, and is cancelled. */
    CANCELLED,
    /** It is leased: its holder is told, now or earlier, and it is cancelled unless the holder acknowledges it. */
    ASKED,
    /** It was done, dead or cancelled already. Nothing changed. */
    FINISHED,
    /** There is no such job, or not any more. */
    MISSING
}
