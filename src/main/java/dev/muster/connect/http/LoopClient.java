package dev.muster.connect.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A source's clients and connections of one event loop, so that no request hops to another thread and back.
 *
 * <p>How many requests are open at once is the node's to say ({@link HttpSource#slots}); so many connections may be idle on each
 * loop. When the loops together keep more than that, the one that has been idle for longest on another loop is shut, and
 * what is being sent on it is still answered. On its loop only, except where it says otherwise.
 */
final class LoopClient {

    /** For how long a connection that is shut waits for the answer of a request that was just sent on it. */
    private static final long SHUT_SECONDS = 30;

    private final HttpSource source;
    private final Context loop;
    /** Asked of connections that are closed too: whether what they were sent may be sent again. */
    private final Set<HttpConnection> served = Collections.newSetFromMap(new WeakHashMap<>());

    private final Set<HttpConnection> idle = new LinkedHashSet<>();
    private final Set<HttpClientAgent> clients = new HashSet<>();
    private final Map<HttpClients.Tls, HttpClientAgent> opened = new EnumMap<>(HttpClients.Tls.class);
    private boolean closed;
    private volatile boolean hasIdle;

    LoopClient(HttpSource source, Context loop) {
        this.source = source;
        this.loop = loop;
    }

    /**
     * The client for addresses like this one, opened at its first use.
     *
     * @throws IllegalStateException once the source is closed
     */
    HttpClientAgent of(Address address) {
        HttpClients.Tls tls = HttpClients.Tls.of(address);
        HttpClientAgent open = opened.get(tls);
        if (open == null) {
            open = open(tls);
            opened.put(tls, open);
        }
        return open;
    }

    private synchronized HttpClientAgent open(HttpClients.Tls tls) {
        if (closed) {
            throw new IllegalStateException("source " + source.name() + " is closed");
        }
        HttpClientAgent client = HttpClients.open(source.vertx(), source.settings(), tls, this::connected);
        clients.add(client);
        return client;
    }

    /** Closes its clients. On any thread. */
    synchronized Future<Void> close() {
        closed = true;
        Future<Void> all = Future.succeededFuture();
        for (HttpClientAgent client : clients) {
            Future<Void> shut = client.close();
            all = all.eventually(() -> shut);
        }
        clients.clear();
        return all;
    }

    /** A request has this connection. */
    void begins(HttpClientRequest request) {
        if (idle.remove(request.connection())) {
            hasIdle = !idle.isEmpty();
        }
    }

    /** A request has been answered whole. */
    void answered(HttpClientRequest request) {
        HttpConnection connection = request.connection();
        served.add(connection);
        if (request.version() != HttpVersion.HTTP_2) {
            idle.add(connection);
            hasIdle = true;
        }
    }

    /** Whether a connection has brought an answer before. */
    boolean hasServed(HttpConnection connection) {
        return served.contains(connection);
    }

    /** Whether some connection is idle, as far as another thread can tell. */
    boolean hasIdle() {
        return hasIdle;
    }

    /** Shuts the connection that has been idle for longest, if there is one. On any thread. */
    void shutIdle() {
        loop.runOnContext(ignored -> {
            Iterator<HttpConnection> longest = idle.iterator();
            if (longest.hasNext()) {
                HttpConnection connection = longest.next();
                longest.remove();
                hasIdle = longest.hasNext();
                shut(connection);
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its close handler tells
    private static void shut(HttpConnection connection) {
        connection.shutdown(SHUT_SECONDS, TimeUnit.SECONDS);
    }

    private void connected(HttpConnection connection) {
        HttpClients.keepApart(connection);
        // What breaks a connection reaches its requests; without a handler it would be logged as well.
        connection.exceptionHandler(broken -> {});
        connection.closeHandler(closed -> gone(connection));
        source.connectionOpened(this);
    }

    private void gone(HttpConnection connection) {
        source.connectionClosed();
        idle.remove(connection);
        hasIdle = !idle.isEmpty();
    }
}
