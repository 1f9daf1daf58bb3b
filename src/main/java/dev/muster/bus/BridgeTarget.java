package dev.muster.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event address that a bridge client registered. Runs on the loop of the connection.
 *
 * @param session the connection
 * @param address the address
 */
record BridgeTarget(BridgeSession session, String address) implements EventTarget {

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
    private record Acknowledgement(Promise<Void> done) implements PendingReply {

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
