package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
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
 * The connections of one server: those without a request are closed after a while, and so are those whose first request never
 * comes, however many bytes of it trickle in. On the loop of its server.
 */
final class Peers {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Loop loop;
    private final HttpLimits limits;
    private final Map<HttpConnection, Peer> peers = new HashMap<>();
    private final Promise<Void> quiet = Promise.promise();
    private @Nullable Timer timer;
    private boolean draining;

    Peers(Loop loop, HttpLimits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    /** One connection. */
    private static final class Peer {
        private int requests;
        private boolean hasAsked;
        private boolean isHttp2;
        private boolean isClosed;
        private boolean lingers;
        private long sinceNanos;
        private @Nullable ChannelHandlerContext channel;
        private @Nullable Farewell farewell;
        private @Nullable Authorities authorities;

        Peer(long nowNanos) {
            sinceNanos = nowNanos;
        }

        boolean isLate(long nowNanos, HttpLimits limits) {
            Duration patience = lingers ? LOOK : hasAsked ? limits.idle() : limits.requestTime();
            return (requests == 0 || lingers) && nowNanos - sinceNanos > patience.toNanos();
        }

        boolean isOver() {
            return farewell != null && farewell.isOver();
        }
    }

    /** A connection is there. */
    void opened(HttpConnection connection) {
        // One that comes while the node stops brings a whole request, and was let in before: it is answered.
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
            tellIfQuiet();
        });
        if (timer == null) {
            timer = loop.schedule(LOOK, this::look);
        }
    }

    private void watch(Peer peer, ChannelHandlerContext channel) {
        peer.channel = channel;
        peer.authorities = Authorities.of(channel);
        if (peer.authorities == null) {
            var farewell = new Farewell(loop, () -> {
                peer.lingers = true;
                peer.sinceNanos = loop.nanos();
            });
            channel.pipeline().addBefore(channel.name(), null, farewell);
            peer.farewell = farewell;
        }
    }

    /** Whether the last answer of its connection was given already: it came too late to be answered. */
    boolean isTooLate(HttpServerRequest request) {
        Peer peer = peers.get(request.connection());
        return peer != null && peer.isOver();
    }

    /** What is wrong with whom a request of HTTP/2 is for; null if nothing is known of it. */
    @Nullable
    String wrongAuthority(HttpServerRequest request) {
        Peer peer = peers.get(request.connection());
        Authorities authorities = peer == null ? null : peer.authorities;
        return authorities == null ? null : authorities.wrong(request.response().streamId());
    }

    /**
     * A request has come.
     *
     * @return to be called when its answer has ended
     */
    Runnable asked(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        Peer peer = peers.get(connection);
        if (peer == null) {
            return Peers::forgotten;
        }
        peer.requests++;
        peer.hasAsked = true;
        peer.isHttp2 = request.version() == HttpVersion.HTTP_2;
        boolean upgrades = request.canUpgradeToWebSocket();
        if (upgrades) {
            // Of what becomes a WebSocket Vert.x tells no end here; whoever serves it looks after it.
            peers.remove(connection);
        }
        return () -> {
            if (upgrades && !peer.isClosed) {
                peers.put(connection, peer);
            }
            peer.requests--;
            peer.sinceNanos = loop.nanos();
            // One that has said farewell closes by itself.
            if (draining && peer.requests == 0 && !peer.isOver()) {
                connection.close();
            }
        };
    }

    /**
     * Closes each connection as soon as it has no request, and new ones at once.
     *
     * @return completes when HTTP/2 has no request left: its clients give up all that they wait for when they are told that
     *     a server goes away, so they must not be told before
     */
    Future<Void> drain() {
        draining = true;
        List.copyOf(peers.entrySet()).stream()
                .filter(entry -> entry.getValue().requests == 0)
                .forEach(entry -> entry.getKey().close());
        tellIfQuiet();
        return quiet.future();
    }

    private void tellIfQuiet() {
        if (draining && peers.values().stream().noneMatch(peer -> peer.isHttp2 && peer.requests > 0)) {
            quiet.tryComplete();
        }
    }

    private void look() {
        long now = loop.nanos();
        Iterator<Map.Entry<HttpConnection, Peer>> each = peers.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<HttpConnection, Peer> entry = each.next();
            if (entry.getValue().isLate(now, limits)) {
                each.remove();
                close(entry.getKey(), entry.getValue());
            }
        }
        timer = peers.isEmpty() ? null : loop.schedule(LOOK, this::look);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // whatever becomes of closing
    private static void close(HttpConnection connection, Peer peer) {
        if (peer.isOver() && peer.channel != null) {
            // Vert.x may have closed it already, as far as it knows.
            peer.channel.close();
        } else {
            connection.close();
        }
    }

    /** A connection that was closed at once has nothing to note of its requests. */
    private static void forgotten() {}
}
