package dev.muster.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The way to a node: the event bus itself, or a bridge to it. Any thread. */
interface Channel {

    /** Where requests that wait at queues are withdrawn. */
    String CANCEL = "muster.queue.cancel";

    /** The header that names such a request, and a call that a worker gets. */
    String CALL_HEADER = "muster-call";

    /** The header that names the one that is withdrawn. */
    String CANCEL_HEADER = "muster-cancel";

    /** How long a reply may take on its way, beside what was asked for. */
    Duration PATIENCE = Duration.ofSeconds(30);

    /** No run is longer than 15 minutes. */
    Duration LONGEST = Duration.ofMinutes(16);

    /** Asks, and gives the body of the reply; fails with a {@link MusterError}. */
    default Future<@Nullable Object> ask(String address, Map<String, ?> body) {
        return ask(address, body, LONGEST);
    }

    /** The same, where whoever has not replied after so long is taken to be gone, unless the way itself tells. */
    Future<@Nullable Object> ask(String address, Map<String, ?> body, Duration patience);

    /** The same of a request that waits at a queue, and can be withdrawn. */
    QueueRequest<@Nullable Object> askAndWait(String address, Map<String, ?> body, Duration patience);

    /**
     * Takes what comes to an address.
     *
     * @param stays whether it is to be taken again after the way was broken
     * @param broken is told, once, when the way breaks and it does not stay
     */
    Future<Void> listen(String address, boolean stays, Consumer<Arrived> taken, Consumer<MusterError> broken);

    /** Takes nothing there any more. */
    void leave(String address);

    /** Whether it was ended. */
    boolean isClosed();

    /** Ends it; what is asked fails. */
    Future<Void> close();
}
