package dev.muster.access;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A permit for one of a caller's concurrent runs. Safe on any thread. */
public final class RunPlace {
    private final AtomicInteger runs;
    private final AtomicBoolean released = new AtomicBoolean();

    RunPlace(AtomicInteger runs) {
        this.runs = runs;
    }

    /** Releases the permit. Idempotent. */
    public void release() {
        if (released.compareAndSet(false, true)) {
            runs.decrementAndGet();
        }
    }
}
