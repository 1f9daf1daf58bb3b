package dev.muster.connect.http;

import dev.muster.loop.Futures;
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
 * The clients and connections of a source on one event loop, so that no request moves between threads. Runs on its loop, except
 * where noted.
 *
 * <p>The number of concurrent requests is limited for the node ({@link HttpSource#slots}); each loop can keep that many idle
 * connections. If all loops together have more connections than that, the longest idle connection of another loop is shut down.
 * A request that was just sent on it still gets its response.
 */
final class LoopClient {

    /** Time, in seconds, that a connection being shut down waits for the response of a request that was just sent on it. */
    private static final long SHUT_SECONDS = 30;

    private final HttpSource source;
    private final Context loop;
    /**
     * Connections that have delivered a response. Closed connections are looked up too, to decide whether a request is
     * repeated, so the set is weak.
     */
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
     * The client for addresses like this one, opened at first use.
     *
     * @throws IllegalStateException if the source is closed
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

    /** Closes the clients. Safe on any thread. */
    synchronized Future<Void> close() {
        closed = true;
        Future<Void> all = Futures.whenAllEnd(clients.stream().map(HttpClientAgent::close));
        clients.clear();
        return all;
    }

    /** Marks the connection of a request as busy. */
    void begins(HttpClientRequest request) {
        if (idle.remove(request.connection())) {
            hasIdle = !idle.isEmpty();
        }
    }

    /**
     * Marks the connection of a request as idle and as proven, once the response is complete. Only HTTP/1.1 connections become
     * idle.
     */
    void answered(HttpClientRequest request) {
        HttpConnection connection = request.connection();
        served.add(connection);
        if (request.version() != HttpVersion.HTTP_2) {
            idle.add(connection);
            hasIdle = true;
        }
    }

    /** Whether a connection has delivered a response. */
    boolean hasServed(HttpConnection connection) {
        return served.contains(connection);
    }

    /** Whether a connection is idle. Safe on any thread; the value can be slightly out of date. */
    boolean hasIdle() {
        return hasIdle;
    }

    /** Shuts down the longest idle connection, if there is one. Safe on any thread. */
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

    @SuppressWarnings("FutureReturnValueIgnored") // its close handler reports the end
    private static void shut(HttpConnection connection) {
        connection.shutdown(SHUT_SECONDS, TimeUnit.SECONDS);
    }

    private void connected(HttpConnection connection) {
        HttpClients.keepApart(connection);
        // A failure of the connection reaches its requests; without a handler it would also be logged.
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
