package dev.muster.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of a lease says about its job. Texts are JSON.
 *
 * <p>{@link Ack}, {@link Fail} and {@link Release} end the lease, {@link Extend} and {@link Checkpoint} keep it.
 */
public sealed interface Settle {

    /** The longest time that a lease runs from now. */
    Duration LONGEST_LEASE = Duration.ofHours(1);

    /** The longest pause that a holder may ask for before the next try. */
    Duration LONGEST_PAUSE = Duration.ofDays(365);

    /** The job. */
    String id();

    /** The lease that the holder has. */
    String lease();

    /** How long its text is. */
    default int chars() {
        return 0;
    }

    /**
     * It is done, even if its cancel was asked for.
     *
     * @param output what came of it
     */
    record Ack(String id, String lease, @Nullable String output) implements Settle {
        @Override
        public int chars() {
            return output == null ? 0 : output.length();
        }
    }

    /**
     * This try failed: the job is scheduled for another one, or dead if there is none left; cancelled if that was asked for.
     *
     * @param error what went wrong
     * @param retryIn the pause before the next try instead of the queue's back-off, 0 to 365 days
     * @param giveUp whether no other try can help: the job is dead at once
     */
    record Fail(
            String id, String lease, String error, @Nullable Duration retryIn, boolean giveUp) implements Settle {

        /** @throws IllegalArgumentException if {@code retryIn} is out of its bounds */
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
     * It is given back unworked: the try does not count, and the job is ready in its old place; cancelled if that was asked
     * for. A start that a {@code keyRate} counted stays counted.
     */
    record Release(String id, String lease) implements Settle {}

    /**
     * The lease runs this long from now, unless it runs longer already. Refused once the job's cancel was asked for.
     *
     * @param by above 0, at most 1 h
     */
    record Extend(String id, String lease, Duration by) implements Settle {

        /** @throws IllegalArgumentException if {@code by} is out of its bounds */
        public Extend {
            if (by.isNegative() || by.isZero() || by.compareTo(LONGEST_LEASE) > 0) {
                throw new IllegalArgumentException("by must be above 0s and at most 1h");
            }
        }
    }

    /**
     * What the next try, if there is one, finds in {@link Job#checkpoint}.
     *
     * @param checkpoint takes the place of an earlier one
     */
    record Checkpoint(String id, String lease, String checkpoint) implements Settle {
        @Override
        public int chars() {
            return checkpoint.length();
        }
    }
}
