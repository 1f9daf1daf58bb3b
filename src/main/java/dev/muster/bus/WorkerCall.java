package dev.muster.bus;

import dev.muster.cluster.Cluster;
import dev.muster.connect.call.Bodies;
import dev.muster.text.Utf8;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call to a worker that waits for the answer. Runs on the loop of the connection.
 *
 * @param message the call
 * @param over runs when the call has been answered or lost
 */
record WorkerCall(Message<Object> message, Runnable over) implements PendingReply {

    private static final int MAX_MESSAGE = 10_000;
    private static final int WRONG = 502;
    private static final int UNAVAILABLE = Cluster.GONE;

    @Override
    public void replied(@Nullable Object body, Map<String, String> headers) {
        over.run();
        var options = new DeliveryOptions();
        headers.forEach((name, value) -> {
            if (!name.equals("authorization")) {
                options.addHeader(name, value);
            }
        });
        try {
            message.reply(Bodies.toBus(body), options);
        } catch (IllegalArgumentException e) {
            message.fail(WRONG, "the reply: " + e.getMessage());
        }
    }

    @Override
    public void failed(long code, String text) {
        over.run();
        message.fail((int) code, Utf8.beginning(text, MAX_MESSAGE));
    }

    @Override
    public void lost() {
        over.run();
        unavailable(message, "the worker disconnected before it replied");
    }

    /** Replies that no worker can answer. */
    static void unavailable(Message<Object> message, String why) {
        message.reply(new ReplyException(ReplyFailure.NO_HANDLERS, UNAVAILABLE, why));
    }
}
