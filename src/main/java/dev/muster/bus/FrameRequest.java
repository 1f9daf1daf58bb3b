package dev.muster.bus;

import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a bridge client sent in a frame. Runs on the loop of the connection.
 *
 * @param session the connection
 * @param frame the frame
 */
record FrameRequest(BridgeSession session, BridgeFrame frame) implements BusRequest {

    @Override
    public @Nullable String header(String name) {
        return name.equals("authorization")
                ? session.authorization(frame)
                : frame.headers().get(name);
    }

    @Override
    public @Nullable Object body() {
        return frame.body();
    }

    @Override
    public MemoryBudget.Share memory() {
        return frame.memory().share();
    }

    @Override
    public boolean isGone() {
        return session.isClosed();
    }

    @Override
    public void whenGone(Future<?> until, Runnable told) {
        session.whenClosed(until, told);
    }

    @Override
    public EventTarget target(String address) {
        return session.target(address);
    }

    @Override
    public void brought(ManagedRun run) {
        session.brought(run);
    }

    @Override
    public void waits(PendingRequest<?> answer) {
        session.waits(answer);
    }

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        session.letGo(frame.memory());
        String to = frame.replyAddress();
        if (to != null) {
            session.message(to, value, headers, null);
        }
    }

    @Override
    public void fail(BusError error) {
        session.letGo(frame.memory());
        session.error(frame, error);
    }
}
