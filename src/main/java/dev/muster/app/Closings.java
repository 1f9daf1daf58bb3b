package dev.muster.app;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, to be stopped in the opposite order. Safe on every thread but an event loop. */
final class Closings {

    private static final Logger LOG = LoggerFactory.getLogger(Closings.class);

    /** Longer than any clean-up may take. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ArrayDeque<Closing> closings = new ArrayDeque<>();

    private record Closing(String what, Supplier<? extends Future<?>> close) {}

    /** Notes what has just been started. */
    synchronized void add(String what, Supplier<? extends Future<?>> close) {
        closings.push(new Closing(what, close));
    }

    /** Stops all, the last one first; each waits for the one before, and nobody waits for ever. */
    void close() {
        for (Closing next = next(); next != null; next = next()) {
            try {
                next.close()
                        .get()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.warn("{} did not close within {} s", next.what(), LIMIT.toSeconds());
            } catch (ExecutionException | RuntimeException e) {
                LOG.warn("{} did not close cleanly", next.what(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.warn("interrupted while {} was closing", next.what());
            }
        }
    }

    private synchronized @Nullable Closing next() {
        return closings.poll();
    }
}
