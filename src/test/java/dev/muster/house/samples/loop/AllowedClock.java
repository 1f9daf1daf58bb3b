package dev.muster.house.samples.loop;

/** Breaks nothing: the loop tells time. */
public final class AllowedClock {
    /** The time in nanoseconds. */
    public long nanos() {
        return System.nanoTime();
    }
}
