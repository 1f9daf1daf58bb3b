package dev.muster.client;

import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The way to a node: the event bus itself, or a bridge to it. Any thread. */
interface Channel {

    /** Asks, and gives the body of the reply; fails with a {@link MusterError}. */
    Future<@Nullable Object> ask(String address, Map<String, ?> body);

    /**
     * Takes what comes to an address.
     *
     * @param stays whether it is to be taken again after the way was broken
     * @param broken is told, once, when the way breaks and it does not stay
     */
    Future<Void> listen(String address, boolean stays, Consumer<Arrived> taken, Consumer<MusterError> broken);

    /** Takes nothing there any more. */
    void leave(String address);

    /** Ends it; what is asked fails. */
    Future<Void> close();
}
