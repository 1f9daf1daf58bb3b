package dev.muster.queue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ready jobs of a memory queue, in the order in which they are taken. Jobs that {@code perKey} or {@code keyRate} holds back
 * are kept aside, so that a take never visits them: of each key, only the best job is in the common line, and only while the key
 * is allowed to start one.
 */
final class ReadyJobs {

    private final Comparator<StoredJob> order;
    private final OrderedLine<StoredJob> line;
    private final boolean hasKeys;
    private final int perKey;
    private final boolean hasRate;
    private final long intervalNanos;

    /** How far ahead of its rate a key is allowed to start a job: the burst. */
    private final long aheadNanos;

    private final Map<String, KeyedJobs> byKey = new HashMap<>();
    private final IndexedHeap<KeyedJobs> sleeping = new IndexedHeap<>(KeyedJobs::compareWake);
    private int size;
    private boolean grew;

    /** The ready and leased jobs of one key. The best job can be in the common line; the others wait here. */
    static final class KeyedJobs extends IndexedHeap.Element {

        private final String key;
        private final IndexedHeap<StoredJob> waiting;

        /** The job in the common line; null if none is. */
        private @Nullable StoredJob first;

        private int leased;

        /** When the bucket of {@link QueueSettings.KeyRate} is full again. */
        private long fullNanos;

        /** When to check this key again, while {@code sleeps}. */
        private long wakeNanos;

        private boolean sleeps;

        private KeyedJobs(String key, Comparator<StoredJob> order) {
            this.key = key;
            this.waiting = new IndexedHeap<>(order);
        }

        private boolean hasReady() {
            return first != null || !waiting.isEmpty();
        }

        private static int compareWake(KeyedJobs a, KeyedJobs b) {
            return Long.compare(a.wakeNanos, b.wakeNanos);
        }
    }

    ReadyJobs(QueueSettings settings) {
        boolean lifo = settings.order() == QueueSettings.Order.LIFO;
        QueueSettings.KeyRate rate = settings.keyRate();
        order = (a, b) -> StoredJob.compareReady(a, b, lifo);
        line = new OrderedLine<>(order);
        hasKeys = settings.hasKeys();
        perKey = settings.perKey().orElse(Integer.MAX_VALUE);
        hasRate = rate != null;
        intervalNanos = rate == null ? 0 : rate.interval().toNanos();
        aheadNanos = rate == null ? 0 : rate.ahead().toNanos();
    }

    /** Returns the number of ready jobs, including those that are held back. */
    int size() {
        return size;
    }

    /** Whether a job can be taken. */
    boolean canTake() {
        return !line.isEmpty();
    }

    /** Whether more jobs can be taken than at the last call. */
    boolean hasGrown() {
        boolean answer = grew && !line.isEmpty();
        grew = false;
        return answer;
    }

    void add(StoredJob job, long nowNanos) {
        size++;
        if (!hasKeys || job.key == null) {
            enter(job);
            return;
        }
        KeyedJobs keyed = byKey.computeIfAbsent(job.key, key -> new KeyedJobs(key, order));
        job.among = keyed;
        keyed.waiting.add(job);
        refresh(keyed, nowNanos);
    }

    /** Removes a ready job. */
    void remove(StoredJob job, long nowNanos) {
        size--;
        KeyedJobs keyed = job.among;
        if (keyed == null) {
            line.remove(job);
            return;
        }
        job.among = null;
        if (keyed.first == job) {
            keyed.first = null;
            line.remove(job);
        } else {
            keyed.waiting.remove(job);
        }
        refresh(keyed, nowNanos);
    }

    /** Removes and returns the first job, to be leased; null if there is none. The key counts the job until {@link #leaseEnded}. */
    @Nullable
    StoredJob take(long nowNanos) {
        StoredJob job = line.poll();
        if (job == null) {
            return null;
        }
        size--;
        KeyedJobs keyed = job.among;
        if (keyed != null) {
            keyed.first = null;
            keyed.leased++;
            keyed.fullNanos = Math.max(keyed.fullNanos, nowNanos) + intervalNanos;
            refresh(keyed, nowNanos);
        }
        return job;
    }

    void leaseEnded(StoredJob job, long nowNanos) {
        KeyedJobs keyed = job.among;
        if (keyed != null) {
            job.among = null;
            keyed.leased--;
            refresh(keyed, nowNanos);
        }
    }

    /** Returns when the rate allows the next key to start a job; {@code Long.MAX_VALUE} if no key waits for this. */
    long wakesAtNanos() {
        KeyedJobs next = sleeping.first();
        return next == null ? Long.MAX_VALUE : next.wakeNanos;
    }

    void wake(long nowNanos) {
        for (KeyedJobs next = sleeping.first(); next != null && next.wakeNanos <= nowNanos; next = sleeping.first()) {
            refresh(next, nowNanos);
        }
    }

    private void enter(StoredJob job) {
        line.add(job);
        grew = true;
    }

    /**
     * Moves the best job of a key into the common line, if the key is allowed to start it, and schedules the next check of the
     * key. A job in the line stays until it is taken or a better job of its key arrives.
     */
    private void refresh(KeyedJobs keyed, long nowNanos) {
        boolean rateLets = !hasRate || keyed.fullNanos - aheadNanos <= nowNanos;
        boolean mayStart = rateLets && keyed.leased < perKey;
        StoredJob first = keyed.first;
        StoredJob next = keyed.waiting.first();
        if (first != null && next != null && order.compare(next, first) < 0) {
            line.remove(first);
            keyed.waiting.add(first);
            keyed.first = null;
        }
        StoredJob best = mayStart && keyed.first == null ? keyed.waiting.poll() : null;
        if (best != null) {
            keyed.first = best;
            enter(best);
        }
        sleep(keyed, rateLets, nowNanos);
    }

    private void sleep(KeyedJobs keyed, boolean rateLets, long nowNanos) {
        if (keyed.sleeps) {
            keyed.sleeps = false;
            sleeping.remove(keyed);
        }
        boolean isIdle = !keyed.hasReady() && keyed.leased == 0;
        if (isIdle && (!hasRate || keyed.fullNanos <= nowNanos)) {
            byKey.remove(keyed.key);
        } else if (hasRate && (isIdle || !rateLets && keyed.hasReady())) {
            keyed.wakeNanos = isIdle ? keyed.fullNanos : keyed.fullNanos - aheadNanos;
            keyed.sleeps = true;
            sleeping.add(keyed);
        }
    }
}
