package dev.muster.queue;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who is told that a leased job is to be cancelled. A store names a lease by its fence, which anybody may hear; a holder says by
 * the lease itself that it is over. A cancel that comes before its watch is remembered.
 */
final class CancelWatches {

    private static final int MOST_REMEMBERED = 10_000;

    private final Map<String, Long> fences = new HashMap<>();
    private final Map<Long, Runnable> watches = new HashMap<>();
    private final Set<Long> asked = new LinkedHashSet<>();

    int size() {
        return watches.size();
    }

    void watch(Job job, Runnable told) {
        fences.put(job.lease(), job.fence());
        if (asked.contains(job.fence())) {
            told.run();
        } else {
            watches.put(job.fence(), told);
        }
    }

    void asked(long fence) {
        Runnable told = watches.remove(fence);
        if (asked.add(fence) && asked.size() > MOST_REMEMBERED) {
            asked.remove(asked.iterator().next());
        }
        if (told != null) {
            told.run();
        }
    }

    /** The lease is over, or nobody watches it any more. */
    void over(String lease) {
        Long fence = fences.remove(lease);
        if (fence != null) {
            watches.remove(fence);
            asked.remove(fence);
        }
    }
}
