package dev.muster.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A report of the holder of a lease about its job. Texts are JSON.
 *
 * <p>{@link Ack}, {@link Fail} and {@link Release} end the lease; {@link Extend} and {@link Checkpoint} keep it.
 */
public sealed interface Settle {

    /** The longest extension of a lease, from now. */
    Duration LONGEST_LEASE = Duration.ofHours(1);

    /** The longest pause that a holder can request before the next attempt. */
    Duration LONGEST_PAUSE = Duration.ofDays(365);

    /** Returns the id of the job. */
    String id();

    /** Returns the lease. */
    String lease();

    /** Returns the length of the text that the settle carries, in characters. */
    default int chars() {
        return 0;
    }

    /**
     * Acknowledges the job: it is done, even if its cancel was requested.
     *
     * @param output result of the job
     */
    record Ack(String id, String lease, @Nullable String output) implements Settle {
        @Override
        public int chars() {
            return output == null ? 0 : output.length();
        }
    }

    /**
     * Fails this attempt. The job is scheduled for the next attempt, or dead if none is left, or cancelled if its cancel was
     * requested.
     *
     * @param error reason of the failure
     * @param retryIn pause before the next attempt, from 0 to 365 days; null for the back-off of the queue
     * @param giveUp whether the job is dead at once because no further attempt can help
     */
    record Fail(
            String id, String lease, String error, @Nullable Duration retryIn, boolean giveUp) implements Settle {

        /** @throws IllegalArgumentException if {@code retryIn} is out of range */
        public Fail {
            if (retryIn != null && (retryIn.isNegative() || retryIn.compareTo(LONGEST_PAUSE) > 0)) {
                throw new IllegalArgumentException("retryIn must be from 0s to 8760h (365 days)");
            }
        }

        @Override
        public int chars() {
            return error.length();
        }
    }

    /**
     * Releases the job unworked. The attempt does not count, and the job is ready in its old place, or cancelled if its cancel
     * was requested. The start still counts against the {@code keyRate}.
     */
    record Release(String id, String lease) implements Settle {}

    /**
     * Extends the lease to this long from now, unless it already runs longer. Rejected if the cancel of the job was requested.
     *
     * @param by above 0, at most 1 h
     */
    record Extend(String id, String lease, Duration by) implements Settle {

        /** @throws IllegalArgumentException if {@code by} is out of range */
        public Extend {
            if (by.isNegative() || by.isZero() || by.compareTo(LONGEST_LEASE) > 0) {
                throw new IllegalArgumentException("by must be above 0s and at most 1h");
            }
        }
    }

    /**
     * Stores a checkpoint for the next attempt, which gets it as {@link Job#checkpoint}.
     *
     * @param checkpoint replaces an earlier one
     */
    record Checkpoint(String id, String lease, String checkpoint) implements Settle {
        @Override
        public int chars() {
            return checkpoint.length();
        }
    }
}
