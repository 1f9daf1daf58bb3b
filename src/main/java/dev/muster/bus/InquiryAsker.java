package dev.muster.bus;

import dev.muster.cluster.Inquiry;
import dev.muster.dispatch.QueueAnswer;
import dev.muster.dispatch.TakenRun;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another node of the cluster, which asks for somebody. On the loop that answers nodes.
 *
 * @param inquiry what it asks
 */
record InquiryAsker(Inquiry inquiry) implements Asker {

    private static final CancelReason LEFT = CancelReason.of("the caller left");

    @Override
    public @Nullable String header(String name) {
        return inquiry.headers().get(name);
    }

    @Override
    public @Nullable Object body() {
        try {
            return inquiry.value();
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body of the message: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isGone() {
        return inquiry.isGone();
    }

    @Override
    public void whenGone(Future<?> until, Runnable told) {
        inquiry.onGone(told);
    }

    @Override
    public EventTarget target(String address) {
        throw new MusterException(ErrorType.DENIED, "nodes ask each other for no events");
    }

    @Override
    public void brought(TakenRun run) {}

    @Override
    public void waits(QueueAnswer<?> answer) {
        inquiry.onGone(() -> answer.giveUp().accept(LEFT));
        inquiry.onHurried(answer::withdraw);
    }

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        inquiry.reply(value);
    }

    @Override
    public void fail(BusError error) {
        inquiry.fail(ReplyFailure.RECIPIENT_FAILURE, error.code(), error.message());
    }
}
