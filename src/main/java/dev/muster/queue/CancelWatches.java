package dev.muster.queue;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Who is told that a leased job is to be cancelled, by its lease. A cancel that comes before its watch is remembered. */
final class CancelWatches {

    private static final int MOST_REMEMBERED = 10_000;

    private final Map<String, Runnable> watches = new HashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    int size() {
        return watches.size();
    }

    void watch(String lease, Runnable told) {
        if (asked.contains(lease)) {
            told.run();
        } else {
            watches.put(lease, told);
        }
    }

    void unwatch(String lease) {
        watches.remove(lease);
    }

    void asked(String lease) {
        Runnable told = watches.remove(lease);
        if (asked.add(lease) && asked.size() > MOST_REMEMBERED) {
            asked.remove(asked.iterator().next());
        }
        if (told != null) {
            told.run();
        }
    }

    /** The lease is over. */
    void over(String lease) {
        watches.remove(lease);
        asked.remove(lease);
    }
}
