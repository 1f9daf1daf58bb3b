package dev.muster.task;

import java.util.ArrayList;
import java.util.List;

/**
 * The failures of a task after its first one, or while it was being stopped: a bounded list and a total count.
 *
 * <p>They belong to the task on which they were collected. The first failure itself is never modified, because other
 * tasks can hold the same object.
 *
 * @param kept the first of them, at most {@value #MAX_KEPT}, none of them a cancel
 * @param count the total number
 */
public record LaterFailures(List<Throwable> kept, long count) {

    /** The maximum number of failures kept beside the first one. */
    public static final int MAX_KEPT = 16;

    static final LaterFailures NONE = new LaterFailures(List.of(), 0);

    /** Copies the list. */
    public LaterFailures {
        kept = List.copyOf(kept);
    }

    /** A collector of later failures; on the loop of the task. */
    static final class Collector {
        private final List<Throwable> kept = new ArrayList<>(2);
        private long count;

        Collector() {}

        Collector(LaterFailures of) {
            kept.addAll(of.kept);
            count = of.count;
        }

        /** Adds a failure; of a cancel, adds the failures that happened during it. */
        void add(Throwable failure) {
            if (failure instanceof CancelledException) {
                for (Throwable during : failure.getSuppressed()) {
                    if (!(during instanceof CancelledException)) {
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
