package dev.muster.queue;

import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one queue, from the section {@code queues} of the configuration.
 *
 * @param name name of the queue
 * @param store {@link #MEMORY}, {@link #CLUSTER}, or the name of a source
 * @param size maximum number of scheduled and ready jobs together
 * @param bytes limit for the bodies of all unfinished jobs, in UTF-8 bytes; memory queues only
 * @param bodyBytes limit for one body, in UTF-8 bytes
 * @param retries number of attempts after the first
 * @param lease how long a lease runs unless it is extended
 * @param perKey maximum number of leased jobs of one key
 * @param keyRate how many jobs of one key can start in a period; null for no limit
 * @param order order among the jobs of one priority
 * @param backoff pauses before further attempts
 * @param keep how long finished jobs are kept
 * @param adhoc whether ad-hoc plans, which callers send with a request, are allowed to put jobs
 */
public record QueueSettings(
        String name,
        String store,
        long size,
        long bytes,
        int bodyBytes,
        int retries,
        Duration lease,
        OptionalInt perKey,
        @Nullable KeyRate keyRate,
        Order order,
        Backoff backoff,
        Keep keep,
        boolean adhoc) {

    /** The store of a queue in memory, which needs no source. */
    public static final String MEMORY = "memory";

    /** The store of a queue that is on another node of the cluster. */
    public static final String CLUSTER = "cluster";

    static final long MEMORY_SIZE = 1_000;
    static final long DURABLE_SIZE = 1_000_000;
    static final long BYTES = 64L << 20;
    static final int BODY_BYTES = 1 << 20;
    static final int RETRIES = 3;
    static final Duration LEASE = Duration.ofSeconds(30);

    /** The order among the jobs of one priority. */
    public enum Order {
        /** The job that has been ready longest goes first. */
        FIFO,
        /** The job that became ready last goes first. */
        LIFO
    }

    /**
     * The rate limit of each key, a token bucket. The bucket is full at first, and one token is added every {@code per / tokens}.
     *
     * <p>Each key needs only one time, {@code full}, at which its bucket is full again. A start at {@code now} is allowed if
     * {@code full <= now + ahead}, and sets {@code full} to {@code max(full, now) + interval} (the generic cell rate algorithm,
     * ITU-T I.371).
     *
     * @param tokens capacity of the bucket in starts, from 1 to 1,000,000
     * @param per time in which an empty bucket fills, from 1 ms to 1 h
     */
    public record KeyRate(int tokens, Duration per) {

        /** Returns the time that one start uses up, in whole nanoseconds, rounded up. */
        public Duration interval() {
            return per.plusNanos(tokens - 1).dividedBy(tokens);
        }

        /** Returns how far in the future {@code full} can be when one more start is allowed. */
        public Duration ahead() {
            return interval().multipliedBy(tokens - 1);
        }
    }

    /**
     * Retry pauses with full jitter. The pause after attempt {@code n} is uniform between 0 and {@code min * 2^(n - 1)}, at most
     * {@code max}.
     *
     * @param min longest first pause
     * @param max longest pause
     */
    public record Backoff(Duration min, Duration max) {

        /** 1 s to 10 min. */
        public static final Backoff USUAL = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

        /** Returns the longest pause after this number of attempts, at least 1. */
        public Duration longestAfter(int attempts) {
            if (min.isZero()) {
                return min;
            }
            long most = max.dividedBy(min);
            int doublings = Math.min(attempts - 1, 62);
            return 1L << doublings > most ? max : min.multipliedBy(1L << doublings);
        }
    }

    /**
     * How long finished jobs are kept. A memory queue keeps no done and no cancelled jobs.
     *
     * @param done retention of acknowledged jobs
     * @param dead retention of dead jobs, which can be redriven
     * @param cancelled retention of cancelled jobs
     */
    public record Keep(Duration done, Duration dead, Duration cancelled) {

        /** 1 h, 30 days, 1 h. */
        public static final Keep USUAL = new Keep(Duration.ofHours(1), Duration.ofDays(30), Duration.ofHours(1));
    }

    /**
     * Reads the section {@code queues} and reports errors to {@code problems}.
     *
     * @return the queues by name, in the order of the file
     */
    public static Map<String, QueueSettings> read(Configuration configuration, Problems problems) {
        return new QueueSettingsReader(configuration, problems).read();
    }

    /** The defaults of a memory queue. */
    public static QueueSettings memory(String name) {
        return usual(name, MEMORY, MEMORY_SIZE, false);
    }

    /** The defaults of a queue in a source. */
    public static QueueSettings durable(String name, String source) {
        return usual(name, source, DURABLE_SIZE, false);
    }

    /** The settings of a queue that is on another node. */
    static QueueSettings elsewhere(String name, boolean adhoc) {
        return usual(name, CLUSTER, MEMORY_SIZE, adhoc);
    }

    private static QueueSettings usual(String name, String store, long size, boolean adhoc) {
        return new QueueSettings(
                name,
                store,
                size,
                BYTES,
                BODY_BYTES,
                RETRIES,
                LEASE,
                OptionalInt.empty(),
                null,
                Order.FIFO,
                Backoff.USUAL,
                Keep.USUAL,
                adhoc);
    }

    /** Whether the jobs are lost when the process ends. */
    public boolean isMemory() {
        return store.equals(MEMORY);
    }

    /** Whether the queue is on another node, so that this node knows only its name and {@code adhoc}. */
    public boolean isElsewhere() {
        return store.equals(CLUSTER);
    }

    /** Whether jobs are limited by their key. */
    public boolean hasKeys() {
        return perKey.isPresent() || keyRate != null;
    }

    /** Returns a copy with another size. */
    public QueueSettings withSize(long other) {
        return new QueueSettings(
                name, store, other, bytes, bodyBytes, retries, lease, perKey, keyRate, order, backoff, keep, adhoc);
    }

    /** Returns a copy with other byte limits: for all bodies, and for one. */
    public QueueSettings withBytes(long all, int one) {
        return new QueueSettings(
                name, store, size, all, one, retries, lease, perKey, keyRate, order, backoff, keep, adhoc);
    }

    /** Returns a copy with other retries and pauses. */
    public QueueSettings withRetries(int other, Backoff pauses) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, other, lease, perKey, keyRate, order, pauses, keep, adhoc);
    }

    /** Returns a copy with another lease time. */
    public QueueSettings withLease(Duration other) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, other, perKey, keyRate, order, backoff, keep, adhoc);
    }

    /** Returns a copy with other limits for a key. */
    public QueueSettings withKeys(OptionalInt atOnce, @Nullable KeyRate rate) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, lease, atOnce, rate, order, backoff, keep, adhoc);
    }

    /** Returns a copy with another order. */
    public QueueSettings withOrder(Order other) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, lease, perKey, keyRate, other, backoff, keep, adhoc);
    }

    /** Returns a copy with another retention. */
    public QueueSettings withKeep(Keep other) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, lease, perKey, keyRate, order, backoff, other, adhoc);
    }
}
