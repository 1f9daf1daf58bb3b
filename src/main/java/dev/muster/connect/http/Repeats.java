package dev.muster.connect.http;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.impl.HttpClientConnectionInternal;

/**
 * The retry budget of a request that got no response. A request is sent again if the server did not process it (RFC 9113, 8.7),
 * or if the request only reads and the server closed an idle connection just as it was reused (RFC 9112, 9.3.1). Bytes that are
 * not HTTP, on a connection that was used before, are left over from the previous exchange and count as such a close. At most
 * two retries. Runs on the loop of the request.
 */
final class Repeats {

    private static final int MOST = 2;

    private final HttpRequest request;
    private int count;

    Repeats(HttpRequest request) {
        this.request = request;
    }

    /** Takes a retry for a request that was not sent because its connection was closed while it was being assigned. */
    boolean takeUnsent(Throwable cause) {
        return cause instanceof HttpClosedException && take();
    }

    /** Takes a retry for a request that was sent and failed, if one is left and repeating is safe. */
    boolean take(HttpClientRequest sent, LoopClient client, Throwable cause) {
        boolean may = isUnprocessed(sent, cause)
                || request.isSafe()
                        && (HttpErrors.isLost(cause) || HttpErrors.isNoHttp(cause))
                        && client.hasServed(sent.connection());
        return may && take();
    }

    private boolean take() {
        return count++ < MOST;
    }

    /**
     * Whether the server did not process the request: it refused the stream, or the stream is above the last one of its
     * {@code GOAWAY}. Vert.x keeps only the first {@code GOAWAY}, but the last one counts.
     */
    private static boolean isUnprocessed(HttpClientRequest sent, Throwable cause) {
        if (HttpErrors.isRefusedStream(cause)) {
            return true;
        }
        if (!(sent.connection() instanceof HttpClientConnectionInternal open)
                || !(open.channelHandlerContext().handler() instanceof Http2ConnectionHandler http2)) {
            return false;
        }
        Http2Connection connection = http2.connection();
        return connection.goAwayReceived()
                && streamOf(sent) > connection.local().lastStreamKnownByPeer();
    }

    private static int streamOf(HttpClientRequest sent) {
        try {
            return sent.streamId();
        } catch (NullPointerException e) {
            // Vert.x offers no other way to detect that a request got no stream because of an earlier GOAWAY.
            return Integer.MAX_VALUE;
        }
    }
}
