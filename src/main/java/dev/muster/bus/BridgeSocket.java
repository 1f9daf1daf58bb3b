package dev.muster.bus;

import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The connection of a client of a bridge, whatever carries it. On the loop of its server. */
interface BridgeSocket {

    /** What frames with messages are called there. */
    String messageType();

    /** The header {@code Authorization} that the connection was opened with. */
    @Nullable
    String authorization();

    /** Sends a frame; completes, on any thread, when it was handed to the system. */
    Future<Void> write(byte[] json);

    /** What comes from the client. */
    ReadStream<?> stream();

    /** Reads no more, or goes on. */
    default void read(boolean goesOn) {
        if (goesOn) {
            stream().resume();
        } else {
            stream().pause();
        }
    }

    /** Whether something of a frame is there, and for longer than until the last question. */
    boolean isStuck();

    /** Ends it. */
    void close();
}
