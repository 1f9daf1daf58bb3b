package dev.muster.bus;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bridges of a node: what all their connections share. Safe on every thread.
 *
 * <p>Clients reach {@code muster.run} and {@code muster.run.cancel}, the addresses of queues, addresses for events that they made up, the addresses of
 * workers that the settings permit, and nothing else of the bus.
 */
public final class Bridge {

    private static final Pattern EVENTS = Pattern.compile("muster\\.events\\.[A-Za-z0-9_-]{16,128}");
    private static final Duration LOOK = Duration.ofMillis(50);

    private final BusNode node;
    private final BusSettings settings;
    private final BusLimits limits;
    private final Set<BridgeSession> sessions = ConcurrentHashMap.newKeySet();
    private final Map<String, BridgeSession> takers = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /** The bridges of a node, by its settings; none of them listens yet. */
    public Bridge(BusNode node, BusSettings settings, BusLimits limits) {
        this.node = node;
        this.settings = settings;
        this.limits = limits;
    }

    /** What is configured. */
    public BusSettings settings() {
        return settings;
    }

    /** How many connections there are. */
    public int connections() {
        return sessions.size();
    }

    /**
     * Serves WebSockets and SockJS below {@code /eventbus}, if that is on. The server has checked already which page asks.
     *
     * @param loop of the HTTP server whose routes these are
     */
    public void routes(Vertx vertx, Loop loop, Router router) {
        if (settings.webSocket()) {
            BridgeRoutes.add(
                    vertx,
                    router,
                    limits.bodyBytes(),
                    socket -> WebSocketClient.serve(this, desk(vertx, loop), socket));
        }
    }

    /**
     * Closes each connection as soon as nothing goes on over it: those that asked for runs when these have ended, those of
     * workers when no run is left that could call them. New ones are closed at once.
     *
     * @return completes when none is left
     */
    public Future<Void> drain(Loop loop) {
        draining = true;
        Promise<Void> rest = Promise.promise();
        loop.execute(() -> look(loop, rest));
        return rest.future();
    }

    BusLimits limits() {
        return limits;
    }

    BridgeDesk desk(Vertx vertx, Loop loop) {
        return new BridgeDesk(vertx.eventBus(), loop, new BusRuns(node, loop), new BusQueues(node, loop), limits);
    }

    /** Takes in a connection; false if it is to be closed. */
    boolean opened(BridgeSession session) {
        sessions.add(session);
        return !draining && sessions.size() <= limits.connections();
    }

    void closed(BridgeSession session) {
        sessions.remove(session);
    }

    static boolean isOfEvents(String address) {
        return EVENTS.matcher(address).matches();
    }

    /** Has a connection take the events of an address, which is then nobody else's. */
    void take(String address, BridgeSession session) {
        if (takers.putIfAbsent(address, session) != null) {
            throw new MusterException(
                    ErrorType.CONFLICT, "the address " + address + " is taken; make up one of your own, at random");
        }
    }

    void leave(String address) {
        takers.remove(address);
    }

    Future<Caller> identify(@Nullable String authorization) {
        return node.offer().callers().identify(authorization);
    }

    private void look(Loop loop, Promise<Void> rest) {
        boolean quiet = node.dispatcher().running() == 0;
        sessions.forEach(session -> session.drain(quiet));
        if (sessions.isEmpty()) {
            rest.complete();
        } else {
            loop.schedule(LOOK, () -> look(loop, rest));
        }
    }
}
