package dev.muster.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The transport to a node: the event bus itself, or a bridge to it. Safe on any thread. */
interface Channel {

    /** The address at which requests that wait at queues are withdrawn. */
    String CANCEL = "muster.queue.cancel";

    /** The header with the id of a request that can be withdrawn, or of a call to a worker. */
    String CALL_HEADER = "muster-call";

    /** The header with the id of the request or call to cancel. */
    String CANCEL_HEADER = "muster-cancel";

    /** The time for a reply to arrive, in addition to the wait that was requested. */
    Duration PATIENCE = Duration.ofSeconds(30);

    /** The time limit for a reply without a given wait: a run takes at most 15 minutes. */
    Duration LONGEST = Duration.ofMinutes(16);

    /** Sends a request and returns the body of the reply. Fails with a {@link MusterError}. */
    default Future<@Nullable Object> ask(String address, Map<String, ?> body) {
        return ask(address, body, LONGEST);
    }

    /** Sends a request with a time limit for the reply. A transport that detects lost connections ignores the limit. */
    Future<@Nullable Object> ask(String address, Map<String, ?> body, Duration patience);

    /** Sends a request that waits at a queue and can be withdrawn. */
    QueueRequest<@Nullable Object> askAndWait(String address, Map<String, ?> body, Duration patience);

    /**
     * Receives the messages of an address.
     *
     * @param stays whether to register the address again after a reconnect
     * @param broken called once, when the connection is lost and {@code stays} is false, or when the node rejects the address
     */
    Future<Void> listen(String address, boolean stays, Consumer<Incoming> receiver, Consumer<MusterError> broken);

    /** Stops receiving the messages of an address. */
    void leave(String address);

    /** Whether the transport was closed. */
    boolean isClosed();

    /** Closes the transport. Requests in flight fail. */
    Future<Void> close();

    /** A received message. Safe on any thread. */
    interface Incoming {

        /** Returns the body as a JSON value. */
        @Nullable
        Object body();

        /** Returns the headers. */
        Map<String, String> headers();

        /** Replies, if the sender expects a reply. */
        void reply(@Nullable Object value);

        /** Replies with a failure, if the sender expects a reply. */
        void fail(int code, String message);
    }

    /**
     * A request that waits at a queue. Safe on any thread.
     *
     * @param answer the response
     * @param withdraw makes the node respond at once with what it has, or fails the request if it was not sent yet; idempotent
     */
    record QueueRequest<T>(Future<T> answer, Runnable withdraw) {

        <U> QueueRequest<U> map(Function<T, U> change) {
            return new QueueRequest<>(answer.map(change), withdraw);
        }
    }
}
