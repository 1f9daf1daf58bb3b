package dev.muster.bus;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The target of a run's events. Runs on the run's loop; its futures complete on any thread. */
interface EventTarget {

    /** The time for an event to be acknowledged. After that the receiver counts as gone. */
    Duration PATIENCE = Duration.ofSeconds(60);

    /** The header with the event's number, from 1. */
    String NUMBER = "muster-event";

    /**
     * Sends an event.
     *
     * @param acknowledged whether to wait for an acknowledgement
     * @return fails if the event cannot be delivered, or is not acknowledged in time
     */
    Future<?> send(long number, Map<String, @Nullable Object> event, boolean acknowledged);

    /** Completes when another event can be sent. */
    Future<Void> room();
}
