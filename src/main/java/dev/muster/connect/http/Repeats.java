package dev.muster.connect.http;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.impl.HttpClientConnectionInternal;

/**
 * How often a request is sent again that got no response, and why: the server has not looked at it (RFC 9113, 8.7), or may see
 * it twice without harm, and had given up an idle connection in the moment in which we took it (RFC 9112, 9.3.1). What comes
 * on a connection that was used before and is no HTTP was left behind by the exchange before. On the loop of the request.
 */
final class Repeats {

    private static final int MOST = 2;

    private final HttpRequest request;
    private int count;

    Repeats(HttpRequest request) {
        this.request = request;
    }

    /** Takes one for a request that has not been sent, as its connection was closed in the moment in which it was lent. */
    boolean takeUnsent(Throwable cause) {
        return cause instanceof HttpClosedException && take();
    }

    /** Takes one for a request that has been sent and failed, if there is one left and it may be. */
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
     * Whether the server has not even looked at it: it says so of the stream, or the stream is above the last one of its
     * {@code GOAWAY}. Vert.x keeps the first {@code GOAWAY} alone; the last one counts.
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
            // Vert.x has no other way to tell that a request got no stream, as the server was going away before.
            return Integer.MAX_VALUE;
        }
    }
}
