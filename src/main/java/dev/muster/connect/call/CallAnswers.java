package dev.muster.connect.call;

import dev.muster.cluster.Cluster;
import dev.muster.cluster.NodeRequest;
import dev.muster.cluster.Requests;
import dev.muster.connect.Values;
import dev.muster.json.JsonException;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/** Forwards calls from other nodes to the workers of this node. */
public final class CallAnswers implements Cluster.Answerer {

    private static final int WRONG = 502;

    private final Requests requests;

    private CallAnswers(Vertx vertx) {
        this.requests = new Requests(vertx.eventBus());
    }

    /** Registers the forwarding if the node is in a cluster. */
    public static void open(Vertx vertx, Cluster otherNodes) {
        if (otherNodes.isClustered()) {
            otherNodes.answer("", new CallAnswers(vertx));
        }
    }

    @Override
    public void asked(NodeRequest inquiry) {
        String address = inquiry.address();
        if (CallConnector.isReserved(address)) {
            inquiry.fail(ReplyFailure.NO_HANDLERS, -1, "the address is reserved");
            return;
        }
        var options = new DeliveryOptions()
                .setHeaders(inquiry.headers())
                .setSendTimeout(inquiry.patience().toMillis())
                .setLocalOnly(true);
        Requests.Request sent;
        try {
            sent = requests.send(address, Bodies.toBus(inquiry.value()), options);
        } catch (IllegalArgumentException | JsonException e) {
            inquiry.fail(ReplyFailure.RECIPIENT_FAILURE, WRONG, "the body of the call: " + e.getMessage());
            return;
        }
        inquiry.onGone(sent::giveUp);
        sent.reply()
                .onComplete((message, failure) -> inquiry.loop().execute(() -> answered(inquiry, message, failure)));
    }

    private static void answered(NodeRequest inquiry, @Nullable Message<Object> message, @Nullable Throwable failure) {
        if (failure instanceof ReplyException refused) {
            inquiry.fail(refused.failureType(), refused.failureCode(), String.valueOf(refused.getMessage()));
        } else if (message == null) {
            inquiry.fail(ReplyFailure.RECIPIENT_FAILURE, WRONG, String.valueOf(failure));
        } else {
            try {
                inquiry.reply(Values.copy(message.body(), CallConnector.MAX_REPLY_BYTES));
            } catch (IllegalArgumentException e) {
                inquiry.fail(ReplyFailure.RECIPIENT_FAILURE, WRONG, "the reply " + e.getMessage());
            }
        }
    }
}
