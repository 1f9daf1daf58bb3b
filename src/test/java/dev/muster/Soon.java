package dev.muster;

import io.vertx.core.Future;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits of a test, with a limit of 60 s: for a future, as {@code join} on a future of the JDK waits forever and a test's time-out cannot
 * interrupt it; and for a condition that nothing signals.
 */
public final class Soon {

    private static final int PATIENCE_SECONDS = 60;

    private static final long PAUSE_NANOS = 1_000_000;

    private Soon() {}

    /** A condition that is looked at again and again. */
    @FunctionalInterface
    public interface Condition {
        boolean isMet() throws Exception;
    }

    /**
     * Waits until a condition is met, and looks at it once a millisecond. For what nothing signals; never on an event loop.
     *
     * @param what what is awaited, for the error
     */
    public static void until(String what, Condition condition) {
        long startNanos = System.nanoTime();
        try {
            while (!condition.isMet()) {
                if (System.nanoTime() - startNanos > PATIENCE_SECONDS * 1_000_000_000L || Thread.interrupted()) {
                    throw new AssertionError("awaited in vain: " + what);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Exception e) {
            throw new AssertionError("while awaiting " + what, e);
        }
    }

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
