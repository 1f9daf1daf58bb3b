package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.web.ServerSettings.HttpLimits;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one server. Closes connections that are idle for too long, and connections whose first request does not arrive
 * in time, even if its bytes trickle in. Runs on the loop of its server.
 */
final class ConnectionTracker {

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    private final Loop loop;
    private final HttpLimits limits;
    private final Map<HttpConnection, Peer> peers = new HashMap<>();
    private final Promise<Void> idle = Promise.promise();
    private @Nullable Timer timer;
    private boolean draining;

    ConnectionTracker(Loop loop, HttpLimits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    private static final class Peer {
        private int requests;
        private boolean hasHadRequest;
        private boolean isHttp2;
        private boolean isClosed;
        private boolean lingers;
        private long sinceNanos;
        private @Nullable ChannelHandlerContext channel;
        private @Nullable ConnectionCloser closer;
        private @Nullable Authorities authorities;

        Peer(long nowNanos) {
            sinceNanos = nowNanos;
        }

        boolean isLate(long nowNanos, HttpLimits limits) {
            Duration patience = lingers ? CHECK_INTERVAL : hasHadRequest ? limits.idle() : limits.requestTime();
            return (requests == 0 || lingers) && nowNanos - sinceNanos > patience.toNanos();
        }

        boolean isOver() {
            return closer != null && closer.isOver();
        }
    }

    void opened(HttpConnection connection) {
        // A connection that appears during a drain was accepted before and has a complete request, so it is served.
        if (peers.size() >= limits.connections()) {
            connection.close();
            return;
        }
        var peer = new Peer(loop.nanos());
        peers.put(connection, peer);
        if (connection instanceof HttpServerConnection known) {
            watch(peer, known.channelHandlerContext());
        }
        connection.closeHandler(closed -> {
            peer.isClosed = true;
            peers.remove(connection);
            completeIfIdle();
        });
        if (timer == null) {
            timer = loop.schedule(CHECK_INTERVAL, this::closeLate);
        }
    }

    private void watch(Peer peer, ChannelHandlerContext channel) {
        peer.channel = channel;
        peer.authorities = Authorities.of(channel);
        if (peer.authorities == null) {
            var closer = new ConnectionCloser(loop, () -> {
                peer.lingers = true;
                peer.sinceNanos = loop.nanos();
            });
            channel.pipeline().addBefore(channel.name(), null, closer);
            peer.closer = closer;
        }
    }

    /** Whether the last response of the connection has been written already, so that this request gets none. */
    boolean isTooLate(HttpServerRequest request) {
        Peer peer = peers.get(request.connection());
        return peer != null && peer.isOver();
    }

    /** The problem with the target host of an HTTP/2 request, or null. */
    @Nullable
    String wrongAuthority(HttpServerRequest request) {
        Peer peer = peers.get(request.connection());
        Authorities authorities = peer == null ? null : peer.authorities;
        return authorities == null ? null : authorities.wrong(request.response().streamId());
    }

    /**
     * Registers a request.
     *
     * @return must be called when the response has ended
     */
    Runnable began(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        Peer peer = peers.get(connection);
        if (peer == null) {
            // The connection was rejected.
            return () -> {};
        }
        peer.requests++;
        peer.hasHadRequest = true;
        peer.isHttp2 = request.version() == HttpVersion.HTTP_2;
        boolean upgrades = request.canUpgradeToWebSocket();
        if (upgrades) {
            // Vert.x does not report the end of a request that becomes a WebSocket; its handler owns the connection.
            peers.remove(connection);
        }
        return () -> {
            if (upgrades && !peer.isClosed) {
                peers.put(connection, peer);
            }
            peer.requests--;
            peer.sinceNanos = loop.nanos();
            // A connection that has sent its last response closes by itself.
            if (draining && peer.requests == 0 && !peer.isOver()) {
                connection.close();
            }
        };
    }

    /**
     * Closes each connection once it has no pending request.
     *
     * @return completes when no HTTP/2 request is pending. HTTP/2 clients abandon all pending requests when a server announces its
     *     shutdown, so the announcement must wait for this.
     */
    Future<Void> drain() {
        draining = true;
        List.copyOf(peers.entrySet()).stream()
                .filter(entry -> entry.getValue().requests == 0)
                .forEach(entry -> entry.getKey().close());
        completeIfIdle();
        return idle.future();
    }

    private void completeIfIdle() {
        if (draining && peers.values().stream().noneMatch(peer -> peer.isHttp2 && peer.requests > 0)) {
            idle.tryComplete();
        }
    }

    private void closeLate() {
        long now = loop.nanos();
        Iterator<Map.Entry<HttpConnection, Peer>> each = peers.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<HttpConnection, Peer> entry = each.next();
            if (entry.getValue().isLate(now, limits)) {
                each.remove();
                close(entry.getKey(), entry.getValue());
            }
        }
        timer = peers.isEmpty() ? null : loop.schedule(CHECK_INTERVAL, this::closeLate);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the result of closing does not matter
    private static void close(HttpConnection connection, Peer peer) {
        if (peer.isOver() && peer.channel != null) {
            // Vert.x can regard the connection as closed already.
            peer.channel.close();
        } else {
            connection.close();
        }
    }
}
