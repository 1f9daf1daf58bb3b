package dev.muster.client;

import dev.muster.loop.Timer;
import io.vertx.core.Promise;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job that a worker has, until what came of it was said. On the worker's loop. */
final class HeldWork {

    final TakenJob job;

    /** Completed once the handler is to end. */
    final Promise<Void> cancelled = Promise.promise();

    /** Runs when the lease has run out. */
    @Nullable
    Timer expiry;

    boolean isRunning;

    /** The node says that the lease is not valid, or that the job's cancel was asked for. */
    boolean isRefused;

    /** What is to be said of it, once that is known. */
    @Nullable
    String word;

    Map<String, @Nullable Object> said = Map.of();
    long bytes;

    /** Whether it was said in vain. */
    boolean isRepeated;

    /** Whether a message with others was refused, so that it is said in one of its own. */
    boolean isAlone;

    /** Whether what was to be said could not be stored, and its reason is said in its place. */
    boolean isShortened;

    HeldWork(TakenJob job) {
        this.job = job;
    }

    boolean isSaid() {
        return word != null;
    }
}
