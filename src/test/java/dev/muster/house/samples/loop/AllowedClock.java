package dev.muster.house.samples.loop;

/** Breaks no rule: the loop reads the clock. */
public final class AllowedClock {
    /** Returns the time in nanoseconds. */
    public long nanos() {
        return System.nanoTime();
    }
}
