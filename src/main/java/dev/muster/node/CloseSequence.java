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

    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    private record Step(String name, Duration limit, Supplier<? extends Future<?>> close) {}

    /** Registers what has just been started. */
    public void add(String name, Supplier<? extends Future<?>> close) {
        add(name, LIMIT, close);
    }

    /** Registers what has just been started, and the time that its close has. */
    synchronized void add(String name, Duration limit, Supplier<? extends Future<?>> close) {
        steps.push(new Step(name, limit, close));
    }

    /** Closes everything in reverse order, one after the other, each within its limit. Blocks. */
    public void close() {
        for (Step next = next(); next != null; next = next()) {
            try {
                next.close()
                        .get()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(next.limit().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.warn("{} did not close within {}", next.name(), Durations.human(next.limit()));
            } catch (ExecutionException | RuntimeException e) {
                LOG.warn("{} did not close cleanly", next.name(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                LOG.warn("interrupted while {} was closing", next.name());
            }
        }
    }

    private synchronized @Nullable Step next() {
        return steps.poll();
    }
}
