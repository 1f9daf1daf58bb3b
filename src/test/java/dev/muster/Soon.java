package dev.muster;

import io.vertx.core.Future;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits of a test for a future, with a limit of 60 s: {@code join} on a future of the JDK waits forever, and a test's time-out
 * cannot interrupt it.
 */
public final class Soon {

    private static final int PATIENCE_SECONDS = 60;

    private Soon() {}

    /** Waits for a future and returns its value. Throws a {@link CompletionException} with the failure of the future. */
    public static <T> T soon(Future<T> future) {
        return soon(future.toCompletionStage());
    }

    /** Waits for a future of the JDK and returns its value. */
    public static <T> T soon(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("it did not come within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            // The interrupt is the test's time-out. The flag stays clear, because the test's clean-up follows.
            throw new AssertionError("the test's time was up", e);
        }
    }
}
