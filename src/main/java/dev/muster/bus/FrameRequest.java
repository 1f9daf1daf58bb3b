package dev.muster.bus;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import dev.muster.text.Printable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
    public void whenGone(Future<?> until, Runnable listener) {
        session.whenClosed(until, listener);
    }

    @Override
    public EventFeed.Target target(String address) {
        if (!session.takesEvents(address)) {
            throw new MusterException(
                    ErrorType.DENIED,
                    "register " + Printable.beginning(address, BridgeFrame.MAX_QUOTED)
                            + " before events can be sent there");
        }
        return new FrameTarget(session, address);
    }

    @Override
    public void bindRun(ManagedRun run) {
        session.bindRun(run);
    }

    @Override
    public void bindWait(PendingRequest<?> pending) {
        session.bindWait(pending);
    }

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        session.release(frame.memory());
        String to = frame.replyAddress();
        if (to != null) {
            session.message(to, value, headers, null);
        }
    }

    @Override
    public void fail(BusError error) {
        session.release(frame.memory());
        session.error(frame, error);
    }

    /**
     * An event address that a bridge client registered. Runs on the loop of the connection.
     *
     * @param session the connection
     * @param address the address
     */
    private record FrameTarget(BridgeSession session, String address) implements EventFeed.Target {

        @Override
        public Future<?> send(long number, Map<String, @Nullable Object> event, boolean acknowledged) {
            if (session.isClosed()) {
                return Future.failedFuture("the connection is closed");
            }
            Promise<Void> done = Promise.promise();
            String reply = null;
            if (acknowledged) {
                reply = session.expect(new Acknowledgement(done), PATIENCE);
                if (reply == null) {
                    return done.future();
                }
            } else {
                done.complete();
            }
            session.message(address, event, Map.of(NUMBER, Long.toString(number)), reply);
            return done.future();
        }

        @Override
        public Future<Void> room() {
            return session.room();
        }

        /** An event that waits for its acknowledgement. */
        private record Acknowledgement(Promise<Void> done) implements ReplyAddresses.PendingReply {

            @Override
            public void replied(@Nullable Object body, Map<String, String> headers) {
                done.complete();
            }

            @Override
            public void failed(long code, String message) {
                done.fail(message);
            }

            @Override
            public void lost() {
                done.fail("the event was not acknowledged");
            }
        }
    }
}
