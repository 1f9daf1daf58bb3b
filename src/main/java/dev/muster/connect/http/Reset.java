package dev.muster.connect.http;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of a request that is not to go on: its stream is reset on HTTP/2, its connection closed on HTTP/1.1. */
final class Reset {

    /**
     * How long a reset may take to be confirmed. A peer that reads no more could hold it up for ever, as HTTP/1.1 closes
     * after what was written before; past this time the connection is closed without asking.
     */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long CANCEL = 8;

    private Reset() {}

    /**
     * Resets a request. On the loop.
     *
     * @param isSent whether something of it has left: a connection of HTTP/1.1 that got nothing of it stays open, for others
     * @return true when the reset is confirmed: it has left on HTTP/2, the connection is closed on HTTP/1.1; false when that
     *     took too long and the connection was closed without asking; never failed
     */
    static Future<Boolean> of(HttpClientRequest request, boolean isSent, Loop loop) {
        Promise<Boolean> over = Promise.promise();
        var isLate = new AtomicBoolean();
        Timer patience = loop.schedule(PATIENCE, () -> {
            // What is closed without asking says that it is closed, too.
            isLate.set(true);
            HttpClients.breakOff(request.connection());
            over.tryComplete(false);
        });
        // Vert.x says that HTTP/1.1 is reset when its close has begun, which comes after what is being written.
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
