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

/** A question of another node. On the loop that answers such questions; to be answered there once. */
public final class Inquiry {

    private final Loop loop;
    private final Message<Object> message;
    private final Runnable over;
    private @Nullable Runnable gone;
    private boolean isOver;
    private boolean isGone;
    private @Nullable Runnable hurried;
    private boolean isHurried;

    Inquiry(Loop loop, Message<Object> message, Runnable over) {
        this.loop = loop;
        this.message = message;
        this.over = over;
    }

    /** The loop that it is answered on. */
    public Loop loop() {
        return loop;
    }

    /** Where it asks. */
    public String address() {
        return String.valueOf(message.headers().get(Inquiries.TO));
    }

    /** What was said beside the value. */
    public MultiMap headers() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(message.headers());
        Inquiries.OWN.forEach(headers::remove);
        return headers;
    }

    /** How long whoever asked waits. */
    public Duration patience() {
        return Duration.ofMillis(Long.parseLong(message.headers().get(Inquiries.WITHIN)));
    }

    /**
     * The JSON value that came with it.
     *
     * @throws JsonException if it is none
     */
    public @Nullable Object value() {
        return Json.parse((String) message.body());
    }

    /** Whether nobody waits any more. */
    public boolean isGone() {
        return isGone;
    }

    /** Is run if nobody waits any more before it was answered; at once if that is so already. */
    public void onGone(Runnable then) {
        if (isGone) {
            then.run();
        } else {
            gone = then;
        }
    }

    /** Is run if it is to be answered now, with what there is; at once if that is so already. */
    public void onHurried(Runnable then) {
        if (isHurried) {
            then.run();
        } else {
            hurried = then;
        }
    }

    /** Answers. */
    public void reply(@Nullable Object value) {
        if (end()) {
            message.reply(Json.write(value));
        }
    }

    /** Answers by a failure. */
    public void fail(ReplyFailure kind, int code, String text) {
        if (end()) {
            message.reply(new ReplyException(kind, code, text));
        }
    }

    void gone() {
        if (end()) {
            isGone = true;
            Runnable then = gone;
            if (then != null) {
                then.run();
            }
        }
    }

    void hurried() {
        isHurried = true;
        Runnable then = hurried;
        if (then != null && !isOver) {
            then.run();
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
