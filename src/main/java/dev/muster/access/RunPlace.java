package dev.muster.access;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A place among the runs that a caller may have at once. From any thread. */
public final class RunPlace {
    private final AtomicInteger runs;
    private final AtomicBoolean released = new AtomicBoolean();

    RunPlace(AtomicInteger runs) {
        this.runs = runs;
    }

    /** Gives the place back, once; again does nothing. */
    public void release() {
        if (released.compareAndSet(false, true)) {
            runs.decrementAndGet();
        }
    }
}
