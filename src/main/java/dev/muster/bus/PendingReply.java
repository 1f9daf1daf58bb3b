package dev.muster.bus;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message to a client that waits for the reply. Runs on the loop of the connection. At most one of the methods is called, once;
 * none after {@link ReplyAddresses#forget}.
 */
interface PendingReply {

    /** The client replied. */
    void replied(@Nullable Object body, Map<String, String> headers);

    /** The client replied with a failure. */
    void failed(long code, String message);

    /** The client has disconnected, or did not reply in time. */
    void lost();
}
