package dev.muster.queue;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The ready and leased jobs of one key. The best job can be in the common line; the others wait here. */
final class KeyedJobs extends IndexedHeap.Element {

    final String key;
    final IndexedHeap<StoredJob> waiting;

    /** The job in the common line; null if none is. */
    @Nullable
    StoredJob first;

    int leased;

    /** When the bucket of {@link QueueSettings.KeyRate} is full again. */
    long fullNanos;

    /** When to check this key again, while {@code sleeps}. */
    long wakeNanos;

    boolean sleeps;

    KeyedJobs(String key, Comparator<StoredJob> order) {
        this.key = key;
        this.waiting = new IndexedHeap<>(order);
    }

    boolean hasReady() {
        return first != null || !waiting.isEmpty();
    }

    static int compareWake(KeyedJobs a, KeyedJobs b) {
        return Long.compare(a.wakeNanos, b.wakeNanos);
    }
}
