package dev.muster.bus;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the events of a run go. On the run's loop; what it gives completes on any thread. */
interface EventTarget {

    /** How long an event may stay unacknowledged: whoever takes longer is taken to be gone. */
    Duration PATIENCE = Duration.ofSeconds(60);

    /** The header with the event's number. */
    String NUMBER = "muster-event";

    /**
     * Sends one.
     *
     * @param acknowledged whether to wait until it was acknowledged
     * @return fails if there is nobody to take it
     */
    Future<?> send(long number, Map<String, @Nullable Object> event, boolean acknowledged);

    /** Completes when another one may be sent. */
    Future<Void> room();
}
