package dev.muster.bus;

import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The connection of a bridge client over any transport. Runs on the loop of its server. */
interface BridgeSocket {

    /** The {@code type} of frames that carry messages on this transport. */
    String messageType();

    /** The {@code Authorization} header that the connection was opened with, or null. */
    @Nullable
    String authorization();

    /** Sends a frame. Completes on any thread, when the frame has been handed to the operating system. */
    Future<Void> write(byte[] json);

    /** The stream of data from the client. */
    ReadStream<?> stream();

    /** Pauses or resumes reading. */
    default void read(boolean goesOn) {
        if (goesOn) {
            stream().resume();
        } else {
            stream().pause();
        }
    }

    /** Whether an incomplete frame has been pending since the previous call. */
    boolean isStuck();

    /** Closes the connection. */
    void close();
}
