package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
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

        Peer(long nowNanos) {
            sinceNanos = nowNanos;
        }

        boolean isLate(long nowNanos, HttpLimits limits) {
            Duration patience = lingers ? LOOK : hasAsked ? limits.idle() : limits.requestTime();
            return requests == 0 && nowNanos - sinceNanos > patience.toNanos();
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
        connection.closeHandler(closed -> {
            peer.isClosed = true;
            peers.remove(connection);
            tellIfQuiet();
        });
        if (timer == null) {
            timer = loop.schedule(LOOK, this::look);
        }
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
            if (!peer.isHttp2 && !request.isEnded() && Incoming.announcesBody(request)) {
                // The answer is there and the body still comes: it is not read, and its sender has a moment to see the
                // answer.
                peer.lingers = true;
                request.pause();
            }
            if (draining && peer.requests == 0) {
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
                entry.getKey().close();
            }
        }
        timer = peers.isEmpty() ? null : loop.schedule(LOOK, this::look);
    }

    /** A connection that was closed at once has nothing to note of its requests. */
    private static void forgotten() {}
}
