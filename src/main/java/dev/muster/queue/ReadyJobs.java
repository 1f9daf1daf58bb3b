package dev.muster.queue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ready jobs of a queue in memory, in the order in which they are taken. Those that {@code perKey} or {@code keyRate} hold
 * back stand aside, so that nobody looks at them in vain: of a key only the best job is in the common line, and only while
 * the key lets it.
 */
final class ReadyJobs {

    private final Comparator<StoredJob> order;
    private final OrderedLine<StoredJob> line;
    private final boolean hasKeys;
    private final int perKey;
    private final boolean hasRate;
    private final long intervalNanos;

    /** How far ahead of its rate a key may be and start still: the burst. */
    private final long aheadNanos;

    private final Map<String, KeyedJobs> byKey = new HashMap<>();
    private final IndexedHeap<KeyedJobs> sleeping = new IndexedHeap<>(KeyedJobs::compareWake);
    private int size;
    private boolean grew;

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

    /** How many are ready, those that are held back included. */
    int size() {
        return size;
    }

    /** Whether one can be taken. */
    boolean canTake() {
        return !line.isEmpty();
    }

    /** Whether more can be taken than when this was last asked. */
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

    /** Takes out one that is ready. */
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

    /** Takes the first one out, to be leased; its key counts it until {@link #leaseEnded}. */
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

    /** When the rate of a key lets it start again; {@code Long.MAX_VALUE} if none waits for that. */
    long wakesAtNanos() {
        KeyedJobs next = sleeping.first();
        return next == null ? Long.MAX_VALUE : next.wakeNanos;
    }

    void wake(long nowNanos) {
        for (KeyedJobs next = sleeping.first(); next != null && next.wakeNanos <= nowNanos; next = sleeping.first()) {
            refresh(next, nowNanos);
        }
    }

    /** How many keys are remembered. */
    int keys() {
        return byKey.size();
    }

    private void enter(StoredJob job) {
        line.add(job);
        grew = true;
    }

    /** Brings a key's best job into the line, where one stays until it is taken or a better one comes, and says when to look again. */
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
