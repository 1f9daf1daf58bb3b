package dev.muster.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a handler fails a job with: this try failed, and this is when the next one comes, if any. After any other failure the
 * queue's back-off says so.
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

    /** Another try comes after this pause, if the job has one left. */
    public static JobFailure retryIn(Duration pause, String detail) {
        return new JobFailure(detail, pause, false);
    }

    /** No other try can help: the job is dead at once. */
    public static JobFailure giveUp(String detail) {
        return new JobFailure(detail, null, true);
    }

    /** The pause before the next try, or null where the queue says it. */
    public @Nullable Duration pause() {
        return retryIn;
    }

    /** Whether no other try can help. */
    public boolean givesUp() {
        return givesUp;
    }
}
