package dev.muster.connect.http;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** The abort of a request: resets the stream over HTTP/2, closes the connection over HTTP/1.1. */
final class RequestReset {

    /**
     * Limit of the wait for the confirmation of a reset. HTTP/1.1 closes after earlier writes, so a peer that has stopped
     * reading could delay it for ever. After this time the connection is closed by force.
     */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long CANCEL = 8;

    private RequestReset() {}

    /**
     * Resets a request. Runs on the loop.
     *
     * @param isSent whether any part of the request was sent; otherwise an HTTP/1.1 connection stays open for others
     * @return true when the reset is confirmed: it was sent over HTTP/2, or the connection is closed over HTTP/1.1; false when
     *     that took too long and the connection was closed by force; never fails
     */
    static Future<Boolean> of(HttpClientRequest request, boolean isSent, Loop loop) {
        Promise<Boolean> over = Promise.promise();
        var isLate = new AtomicBoolean();
        Timer patience = loop.schedule(PATIENCE, () -> {
            // A connection that is closed by force also reports its close.
            isLate.set(true);
            HttpClients.breakOff(request.connection());
            over.tryComplete(false);
        });
        // Vert.x reports an HTTP/1.1 reset when its close has begun, and the close comes after pending writes.
        boolean closes = isSent && request.version() != HttpVersion.HTTP_2;
        request.reset(CANCEL)
                .eventually(() -> closes ? HttpClients.closed(request.connection()) : Future.succeededFuture())
                .onComplete(done -> {
                    patience.cancel();
                    over.tryComplete(!isLate.get());
                });
        return over.future();
    }
}
