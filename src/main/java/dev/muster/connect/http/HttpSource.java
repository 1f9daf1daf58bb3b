package dev.muster.connect.http;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;
import dev.muster.loop.Futures;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One source: its settings, its connection limiter, and its clients, one for each event loop in use. Safe on any thread. */
final class HttpSource {

    private final String name;
    private final HttpSettings settings;
    private final Vertx vertx;
    private final ConnectionLimiter slots;
    private final @Nullable EgressGuard guard;
    private final Receipts receipts;
    private final LongAdder requests = new LongAdder();
    private final AtomicInteger openRequests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<Thread, LoopClient> clients = new ConcurrentHashMap<>();
    private boolean closed;

    HttpSource(String name, HttpSettings settings, Vertx vertx, Function<String, Future<List<InetAddress>>> resolver) {
        this.name = name;
        this.settings = settings;
        this.vertx = vertx;
        this.slots = new ConnectionLimiter(name, settings.pool(), settings.maxWaiting(), settings.waitTimeout());
        this.receipts = new Receipts(name);
        this.guard = settings.base().isPresent() ? null : new EgressGuard(name, settings, resolver);
    }

    String name() {
        return name;
    }

    HttpSettings settings() {
        return settings;
    }

    ConnectionLimiter slots() {
        return slots;
    }

    /** The egress guard; null if requests cannot leave the source's address. */
    @Nullable
    EgressGuard guard() {
        return guard;
    }

    Vertx vertx() {
        return vertx;
    }

    /**
     * Resolves the address of a step.
     *
     * @throws IllegalArgumentException if the address is outside the source, with the reason
     */
    Address resolve(String text) {
        return settings.base().isPresent() ? settings.base().get().below(text) : Address.parse(text);
    }

    /** Whether a redirect is allowed: within the base address or, with {@code any}, never from TLS to a plain connection. */
    boolean covers(Address from, Address to) {
        return settings.base().isPresent() ? settings.base().get().covers(to) : to.secure() || !from.secure();
    }

    /**
     * The clients of the calling thread's event loop.
     *
     * @throws IllegalStateException if the source is closed
     */
    LoopClient client() {
        LoopClient client = clients.get(Thread.currentThread());
        return client != null ? client : opened();
    }

    private synchronized LoopClient opened() {
        if (closed) {
            throw new IllegalStateException("source " + name + " is closed");
        }
        Context context = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
        return clients.computeIfAbsent(Thread.currentThread(), thread -> new LoopClient(this, context));
    }

    synchronized Future<Void> close() {
        closed = true;
        return Futures.whenAllEnd(clients.values().stream().map(LoopClient::close));
    }

    /** Counts a new connection. If there are then more connections than permits, closes an idle one of another loop. */
    void connectionOpened(LoopClient opener) {
        if (connections.incrementAndGet() > settings.pool()) {
            clients.values().stream()
                    .filter(other -> other != opener && other.hasIdle())
                    .findFirst()
                    .ifPresent(LoopClient::shutIdle);
        }
    }

    void connectionClosed() {
        connections.decrementAndGet();
    }

    /** The receipts of the source's cancels. */
    Receipts receipts() {
        return receipts;
    }

    void requestBegins() {
        requests.increment();
        openRequests.incrementAndGet();
    }

    void requestEnds() {
        openRequests.decrementAndGet();
    }

    HttpConnector.Statistics statistics() {
        return new HttpConnector.Statistics(
                slots.statistics(), requests.sum(), openRequests.get(), receipts.statistics());
    }
}
