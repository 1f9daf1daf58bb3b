package dev.muster.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The exception with which a handler fails an attempt and decides about the next one. After any other exception, the queue's
 * back-off decides.
 */
public final class JobFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Duration retryIn;
    private final boolean givesUp;

    private JobFailure(String detail, @Nullable Duration retryIn, boolean givesUp) {
        super(detail);
        this.retryIn = retryIn;
        this.givesUp = givesUp;
    }

    /** The next attempt follows after this pause, if the job has one left. */
    public static JobFailure retryIn(Duration pause, String detail) {
        return new JobFailure(detail, pause, false);
    }

    /** No further attempt can help: the job is dead at once. */
    public static JobFailure giveUp(String detail) {
        return new JobFailure(detail, null, true);
    }

    /** Returns the pause before the next attempt; null for the queue's back-off. */
    public @Nullable Duration pause() {
        return retryIn;
    }

    /** Whether the job is dead at once. */
    public boolean givesUp() {
        return givesUp;
    }
}
