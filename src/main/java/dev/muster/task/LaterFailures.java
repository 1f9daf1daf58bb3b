package dev.muster.task;

import java.util.ArrayList;
import java.util.List;

/**
 * What went wrong in a task after its first failure, or while it was being stopped: a bounded number of failures, and how
 * many there were in all.
 *
 * <p>They belong to the task that they were collected on. The first failure itself is never written to: other tasks may see
 * the same object.
 *
 * @param kept the first of them, {@value #MAX_KEPT} at most, none of them a cancel
 * @param count how many there were in all
 */
public record LaterFailures(List<Throwable> kept, long count) {

    /** How many failures a task keeps beside its first one. */
    public static final int MAX_KEPT = 16;

    static final LaterFailures NONE = new LaterFailures(List.of(), 0);

    /** Copies the list. */
    public LaterFailures {
        kept = List.copyOf(kept);
    }

    /** Collects them; on the loop of the task. */
    static final class Collector {
        private final List<Throwable> kept = new ArrayList<>(2);
        private long count;

        Collector() {}

        Collector(LaterFailures of) {
            kept.addAll(of.kept);
            count = of.count;
        }

        /** Adds a failure, or, of a cancel, what went wrong during it. */
        void add(Throwable failure) {
            if (Failures.isCancel(failure)) {
                for (Throwable during : failure.getSuppressed()) {
                    if (!Failures.isCancel(during)) {
                        keep(during);
                    }
                }
            } else {
                keep(failure);
            }
        }

        private void keep(Throwable failure) {
            for (Throwable known : kept) {
                if (known == failure) {
                    return;
                }
            }
            count++;
            if (kept.size() < MAX_KEPT) {
                kept.add(failure);
            }
        }

        LaterFailures all() {
            return new LaterFailures(kept, count);
        }
    }
}
