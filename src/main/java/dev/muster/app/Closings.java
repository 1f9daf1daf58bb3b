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

/** A close sequence: what has been started, to be stopped in reverse order. Safe on any thread but an event loop. */
final class Closings {

    private static final Logger LOG = LoggerFactory.getLogger(Closings.class);

    /** The time that each close has. Longer than the default clean-up budget. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ArrayDeque<Closing> closings = new ArrayDeque<>();

    private record Closing(String what, Supplier<? extends Future<?>> close) {}

    /** Registers what has just been started. */
    synchronized void add(String what, Supplier<? extends Future<?>> close) {
        closings.push(new Closing(what, close));
    }

    /** Closes everything in reverse order, one after the other, each within a limit. Blocks. */
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
