package dev.muster.queue;

import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the section {@code queues} says of one queue.
 *
 * @param name of the queue
 * @param store {@link #MEMORY}, {@link #CLUSTER}, or the name of a source
 * @param size how many jobs may wait, scheduled and ready ones together
 * @param bytes of the bodies of unfinished jobs; in memory only
 * @param bodyBytes of one body, in UTF-8
 * @param retries tries after the first
 * @param lease how long a taker has a job unless it extends the lease
 * @param perKey how many jobs of one key may be leased at once
 * @param keyRate how many jobs of one key may be started in a time
 * @param order which of the jobs of one priority goes first
 * @param backoff the pauses before other tries
 * @param keep how long finished jobs are known
 * @param adhoc whether plans that callers bring may put jobs
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

    /** The store that is not a source. */
    public static final String MEMORY = "memory";

    /** What a queue says for its store that another node of the cluster has. */
    public static final String CLUSTER = "cluster";

    static final long MEMORY_SIZE = 1_000;
    static final long DURABLE_SIZE = 1_000_000;
    static final long BYTES = 64L << 20;
    static final int BODY_BYTES = 1 << 20;
    static final int RETRIES = 3;
    static final Duration LEASE = Duration.ofSeconds(30);

    /** Which of the jobs of one priority goes first. */
    public enum Order {
        /** The one that has been ready longest. */
        FIFO,
        /** The one that became ready last. */
        LIFO
    }

    /**
     * A bucket of starts for each key: full at first, and refilled evenly, by one every {@code per / tokens}.
     *
     * <p>One time for each key is enough, {@code full}, when the bucket is full again: a start at {@code now} is let if
     * {@code full <= now + ahead}, and makes {@code full} the later of {@code full} and {@code now}, and the interval (the
     * generic cell rate algorithm, ITU-T I.371).
     *
     * @param tokens starts that a full bucket holds, from 1 to 1,000,000
     * @param per the time in which an empty one is full again, from 1 ms to 1 h
     */
    public record KeyRate(int tokens, Duration per) {

        /** The time that one start takes up, in whole nanoseconds, rounded up. */
        public Duration interval() {
            return per.plusNanos(tokens - 1).dividedBy(tokens);
        }

        /** How far off the time when the bucket is full may be for one more start. */
        public Duration ahead() {
            return interval().multipliedBy(tokens - 1);
        }
    }

    /**
     * Pauses of full jitter: before the try after the n-th, any time between nothing and {@code min} times 2 to the power of
     * n - 1, but never more than {@code max}.
     *
     * @param min the longest first pause
     * @param max the longest of all
     */
    public record Backoff(Duration min, Duration max) {

        /** 1 s to 10 min. */
        public static final Backoff USUAL = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

        /** The longest pause after so many tries, at least 1. */
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
     * How long finished jobs are known. In memory those that are done or cancelled are not kept at all.
     *
     * @param done acknowledged ones
     * @param dead ones that can be brought back
     * @param cancelled cancelled ones
     */
    public record Keep(Duration done, Duration dead, Duration cancelled) {

        /** 1 h, 30 days, 1 h. */
        public static final Keep USUAL = new Keep(Duration.ofHours(1), Duration.ofDays(30), Duration.ofHours(1));
    }

    /**
     * Reads the section; what is wrong is noted.
     *
     * @return the queues by name, in the order of the file
     */
    public static Map<String, QueueSettings> read(Configuration configuration, Problems problems) {
        return new QueueSettingsReader(configuration, problems).read();
    }

    /** The defaults of a queue in memory. */
    public static QueueSettings memory(String name) {
        return usual(name, MEMORY, MEMORY_SIZE, false);
    }

    /** The defaults of a queue in a source. */
    public static QueueSettings durable(String name, String source) {
        return usual(name, source, DURABLE_SIZE, false);
    }

    /** One that another node has. */
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

    /** Whether its jobs are lost with the process. */
    public boolean isMemory() {
        return store.equals(MEMORY);
    }

    /** Whether another node has it, and this one only its name. */
    public boolean isElsewhere() {
        return store.equals(CLUSTER);
    }

    /** Whether its jobs wait for those of the same key. */
    public boolean hasKeys() {
        return perKey.isPresent() || keyRate != null;
    }

    /** The same with another size. */
    public QueueSettings withSize(long other) {
        return new QueueSettings(
                name, store, other, bytes, bodyBytes, retries, lease, perKey, keyRate, order, backoff, keep, adhoc);
    }

    /** The same with other bounds for bodies: of all, and of one. */
    public QueueSettings withBytes(long all, int one) {
        return new QueueSettings(
                name, store, size, all, one, retries, lease, perKey, keyRate, order, backoff, keep, adhoc);
    }

    /** The same with other tries. */
    public QueueSettings withRetries(int other, Backoff pauses) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, other, lease, perKey, keyRate, order, pauses, keep, adhoc);
    }

    /** The same with another lease. */
    public QueueSettings withLease(Duration other) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, other, perKey, keyRate, order, backoff, keep, adhoc);
    }

    /** The same with other bounds for a key. */
    public QueueSettings withKeys(OptionalInt atOnce, @Nullable KeyRate rate) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, lease, atOnce, rate, order, backoff, keep, adhoc);
    }

    /** The same in another order. */
    public QueueSettings withOrder(Order other) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, lease, perKey, keyRate, other, backoff, keep, adhoc);
    }

    /** The same with other times for finished jobs. */
    public QueueSettings withKeep(Keep other) {
        return new QueueSettings(
                name, store, size, bytes, bodyBytes, retries, lease, perKey, keyRate, order, backoff, other, adhoc);
    }
}
