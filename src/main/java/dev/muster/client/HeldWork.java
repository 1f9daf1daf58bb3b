package dev.muster.client;

import dev.muster.loop.Timer;
import io.vertx.core.Promise;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job that a worker holds, until its outcome was reported. Used on the worker's loop. */
final class HeldWork {

    final TakenJob job;

    /** Completes when the handler is cancelled. */
    final Promise<Void> cancelled = Promise.promise();

    /** Fires when the lease expires. */
    @Nullable
    Timer expiry;

    boolean isRunning;

    /** Whether the node reported that the lease is not valid, or that the cancel of the job was requested. */
    boolean isRefused;

    /** The kind of report to send; null until the outcome is known. */
    @Nullable
    String word;

    Map<String, @Nullable Object> said = Map.of();
    long bytes;

    /** Whether a report got no response and is repeated. */
    boolean isRepeated;

    /** Whether a message with other reports was rejected, so that this one is sent alone. */
    boolean isAlone;

    /** Whether the outcome could not be stored, and the reason was reported instead. */
    boolean isShortened;

    HeldWork(TakenJob job) {
        this.job = job;
    }

    boolean isSaid() {
        return word != null;
    }
}
