package dev.muster.node;

import dev.muster.config.Durations;
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
public final class CloseSequence {

    private static final Logger LOG = LoggerFactory.getLogger(CloseSequence.class);

    /** The time that a close has if no other limit is given. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    private final ArrayDeque<Closing> closings = new ArrayDeque<>();

    private record Closing(String what, Duration limit, Supplier<? extends Future<?>> close) {}

    /** Registers what has just been started. */
    public void add(String what, Supplier<? extends Future<?>> close) {
        add(what, LIMIT, close);
    }

    /** Registers what has just been started, and the time that its close has. */
    public synchronized void add(String what, Duration limit, Supplier<? extends Future<?>> close) {
        closings.push(new Closing(what, limit, close));
    }

    /** Closes everything in reverse order, one after the other, each within its limit. Blocks. */
    public void close() {
        for (Closing next = next(); next != null; next = next()) {
            try {
                next.close()
                        .get()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(next.limit().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.warn("{} did not close within {}", next.what(), Durations.human(next.limit()));
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
