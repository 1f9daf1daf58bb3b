package dev.muster.queue;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The listeners for cancels of leased jobs. A store names a lease by its fencing token, which is no secret; a settle names it by
 * the lease itself. A cancel that arrives before its watch is remembered: up to 10,000 of them, the oldest are dropped first.
 */
final class CancelWatches {

    private static final int MAX_REMEMBERED = 10_000;

    private final Map<String, Long> fences = new HashMap<>();
    private final Map<Long, Runnable> watches = new HashMap<>();
    private final Set<Long> requested = new LinkedHashSet<>();

    int size() {
        return watches.size();
    }

    void watch(Job job, Runnable onCancel) {
        fences.put(job.lease(), job.fence());
        if (requested.contains(job.fence())) {
            onCancel.run();
        } else {
            watches.put(job.fence(), onCancel);
        }
    }

    void requested(long fence) {
        Runnable onCancel = watches.remove(fence);
        if (requested.add(fence) && requested.size() > MAX_REMEMBERED) {
            requested.remove(requested.iterator().next());
        }
        if (onCancel != null) {
            onCancel.run();
        }
    }

    /** Ends a watch, because the lease or the interest in it has ended. */
    void over(String lease) {
        Long fence = fences.remove(lease);
        if (fence != null) {
            watches.remove(fence);
            requested.remove(fence);
        }
    }
}
