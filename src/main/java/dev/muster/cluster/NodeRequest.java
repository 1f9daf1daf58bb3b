package dev.muster.cluster;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.loop.Loop;
import io.vertx.core.MultiMap;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request of another node. Runs on the loop that serves such requests, and is answered there; only the first answer is sent. */
public final class NodeRequest {

    private final Loop loop;
    private final Message<Object> message;
    private final Duration patience;
    private final Runnable over;
    private @Nullable Runnable onGone;
    private boolean isOver;
    private boolean isGone;
    private @Nullable Runnable onHurried;
    private boolean isHurried;

    NodeRequest(Loop loop, Message<Object> message, Duration patience, Runnable over) {
        this.loop = loop;
        this.message = message;
        this.patience = patience;
        this.over = over;
    }

    /** The loop on which the request is served. */
    public Loop loop() {
        return loop;
    }

    /** The event-bus address that the request is for. */
    public String address() {
        return String.valueOf(message.headers().get(NodeServer.TO));
    }

    /** The identifier of the requesting node. */
    String from() {
        return String.valueOf(message.headers().get(NodeServer.FROM));
    }

    /** A copy of the headers of the request, without those of the node protocol. */
    public MultiMap headers() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(message.headers());
        NodeServer.OWN.forEach(headers::remove);
        return headers;
    }

    /** The time that the requesting node waits for the reply. */
    public Duration patience() {
        return patience;
    }

    /**
     * The JSON value of the request.
     *
     * @throws JsonException if the body is not valid JSON
     */
    public @Nullable Object value() {
        return Json.parse((String) message.body());
    }

    /** Whether the requesting node gave up or left before an answer was sent. */
    public boolean isGone() {
        return isGone;
    }

    /**
     * Sets the action to run when the requesting node gives up or leaves before the answer; runs at once if that has happened
     * already. Only the last action set is kept.
     */
    public void onGone(Runnable action) {
        if (isGone) {
            action.run();
        } else {
            onGone = action;
        }
    }

    /**
     * Sets the action to run when the requesting node asks for an answer now, with the results so far; runs at once if that has
     * happened already. Only the last action set is kept.
     */
    public void onHurried(Runnable action) {
        if (isHurried) {
            action.run();
        } else {
            onHurried = action;
        }
    }

    /** Sends the answer, a JSON value. Ignored if the request has ended. */
    public void reply(@Nullable Object value) {
        if (end()) {
            message.reply(Json.write(value));
        }
    }

    /** Sends a failure as the answer. Ignored if the request has ended. */
    public void fail(ReplyFailure kind, int code, String text) {
        if (end()) {
            message.reply(new ReplyException(kind, code, text));
        }
    }

    void gone() {
        if (end()) {
            isGone = true;
            Runnable action = onGone;
            if (action != null) {
                action.run();
            }
        }
    }

    void hurried() {
        isHurried = true;
        Runnable action = onHurried;
        if (action != null && !isOver) {
            action.run();
        }
    }

    private boolean end() {
        if (isOver) {
            return false;
        }
        isOver = true;
        over.run();
        return true;
    }
}
