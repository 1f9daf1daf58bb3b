package dev.muster.connect.http;

import dev.muster.connect.Slots;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnection;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One source: its settings, its places, its client once somebody has used it. Safe on every thread. */
final class HttpSource {

    private final String name;
    private final HttpSettings settings;
    private final Vertx vertx;
    private final Slots slots;
    private final @Nullable Guard guard;
    private final LongAdder requests = new LongAdder();
    private final AtomicInteger openRequests = new AtomicInteger();
    private final Set<HttpConnection> served =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private volatile @Nullable HttpClientAgent plain;
    private volatile @Nullable HttpClientAgent secure;
    private boolean closed;

    HttpSource(String name, HttpSettings settings, Vertx vertx, Resolver resolver) {
        this.name = name;
        this.settings = settings;
        this.vertx = vertx;
        this.slots = new Slots(name, settings.pool(), settings.maxWaiting(), settings.waitTimeout());
        this.guard = settings.base().isPresent() ? null : new Guard(name, settings, resolver);
    }

    String name() {
        return name;
    }

    HttpSettings settings() {
        return settings;
    }

    Slots slots() {
        return slots;
    }

    /** Who looks at where its requests lead; null where they cannot leave the source's address. */
    @Nullable
    Guard guard() {
        return guard;
    }

    Vertx vertx() {
        return vertx;
    }

    /**
     * Where a step's address leads.
     *
     * @throws IllegalArgumentException if it leaves the source, with the reason
     */
    Address resolve(String text) {
        return settings.base().isPresent() ? settings.base().get().below(text) : Address.parse(text);
    }

    /** Whether a redirect may lead there. */
    boolean covers(Address from, Address to) {
        return settings.base().isPresent() ? settings.base().get().covers(to) : to.secure() || !from.secure();
    }

    /**
     * The client for addresses with or without TLS, opened at its first use.
     *
     * @throws IllegalStateException once the source is closed
     */
    HttpClientAgent client(boolean overTls) {
        HttpClientAgent open = overTls ? secure : plain;
        return open != null ? open : opened(overTls);
    }

    private synchronized HttpClientAgent opened(boolean overTls) {
        HttpClientAgent open = overTls ? secure : plain;
        if (closed) {
            throw new IllegalStateException("source " + name + " is closed");
        }
        if (open == null) {
            open = HttpClients.open(vertx, settings, overTls);
            if (overTls) {
                secure = open;
            } else {
                plain = open;
            }
        }
        return open;
    }

    synchronized Future<Void> close() {
        closed = true;
        Future<Void> first = plain == null ? Future.succeededFuture() : plain.close();
        Future<Void> second = secure == null ? Future.succeededFuture() : secure.close();
        plain = null;
        secure = null;
        return first.eventually(() -> second);
    }

    /** Notes that a connection has brought an answer. */
    void served(HttpConnection connection) {
        served.add(connection);
    }

    /** Whether a connection has brought an answer before. */
    boolean hasServed(HttpConnection connection) {
        return served.contains(connection);
    }

    void requestBegins() {
        requests.increment();
        openRequests.incrementAndGet();
    }

    void requestEnds() {
        openRequests.decrementAndGet();
    }

    HttpStatistics statistics() {
        return new HttpStatistics(slots.statistics(), requests.sum(), openRequests.get());
    }
}
