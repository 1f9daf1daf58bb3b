package dev.muster;

import io.vertx.core.Future;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits on a test's thread for what comes soon, and fails if it does not: a {@code join} of the JDK's futures waits for ever, and a
 * test's time-out cannot end it.
 */
public final class Soon {

    private static final int PATIENCE_SECONDS = 60;

    private Soon() {}

    /** What a future gives; a {@link CompletionException} with its failure. */
    public static <T> T soon(Future<T> future) {
        return soon(future.toCompletionStage());
    }

    /** The same of a future of the JDK. */
    public static <T> T soon(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("it did not come within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            // Not set again: it was the test's time-out, and what follows are its clean-ups.
            throw new AssertionError("the test's time was up", e);
        }
    }
}
