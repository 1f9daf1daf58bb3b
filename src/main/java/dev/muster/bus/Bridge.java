package dev.muster.bus;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The state that all bridge connections of a node share. Safe on any thread.
 *
 * <p>Clients reach {@code muster.run} and {@code muster.run.cancel}, the addresses of queues, event addresses that they chose
 * themselves, the worker addresses that the settings permit, and nothing else of the bus.
 */
public final class Bridge {

    private static final Pattern EVENTS = Pattern.compile("muster\\.events\\.[A-Za-z0-9_-]{16,128}");
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);

    private final BusNode node;
    private final BusSettings settings;
    private final BusSettings.Limits limits;
    private final Set<BridgeSession> sessions = ConcurrentHashMap.newKeySet();
    private final Map<String, BridgeSession> eventAddresses = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /**
     * What the connections of one server share.
     *
     * @param bus the event bus, which calls to workers come from
     * @param loop the loop of the connections
     * @param runs the handler of run requests
     * @param queues the handler of queue requests
     */
    record Context(Bridge bridge, EventBus bus, Loop loop, BusRuns runs, BusQueues queues) {}

    /** The bridges of a node. None of them listens yet. */
    public Bridge(BusNode node, BusSettings settings, BusSettings.Limits limits) {
        this.node = node;
        this.settings = settings;
        this.limits = limits;
    }

    /** The settings of the bridges. */
    public BusSettings settings() {
        return settings;
    }

    /** The number of open connections. */
    public int connections() {
        return sessions.size();
    }

    /**
     * Adds the routes for WebSocket and SockJS below {@code /eventbus}, if they are enabled. The server has checked the origin of
     * the page already.
     *
     * @param loop the loop of the HTTP server
     */
    public void routes(Vertx vertx, Loop loop, Router router) {
        if (settings.webSocket()) {
            BridgeRoutes.add(
                    vertx, router, limits.bodyBytes(), socket -> WebSocketClient.serve(context(vertx, loop), socket));
        }
    }

    /**
     * Closes each connection once it is idle: a caller's when its runs and waits have ended, a worker's when no run is left that
     * could call it. New connections are closed at once.
     *
     * @return completes when no connection is left
     */
    public Future<Void> drain(Loop loop) {
        draining = true;
        Promise<Void> rest = Promise.promise();
        loop.execute(() -> closeIdle(loop, rest));
        return rest.future();
    }

    BusSettings.Limits limits() {
        return limits;
    }

    Context context(Vertx vertx, Loop loop) {
        return new Context(this, vertx.eventBus(), loop, new BusRuns(node, loop), new BusQueues(node, loop));
    }

    /** Registers a connection. Returns false if it must be closed, because the node drains or has too many connections. */
    boolean opened(BridgeSession session) {
        sessions.add(session);
        return !draining && sessions.size() <= limits.connections();
    }

    void closed(BridgeSession session) {
        sessions.remove(session);
    }

    static boolean isEventAddress(String address) {
        return EVENTS.matcher(address).matches();
    }

    void reserve(String address, BridgeSession session) {
        if (eventAddresses.putIfAbsent(address, session) != null) {
            throw new MusterException(ErrorType.CONFLICT, "the address " + address + " is taken; use a random one");
        }
    }

    void release(String address) {
        eventAddresses.remove(address);
    }

    Future<Caller> identify(@Nullable String authorization) {
        return node.offer().callers().identify(authorization);
    }

    private void closeIdle(Loop loop, Promise<Void> rest) {
        boolean quiet = node.runManager().running() == 0;
        sessions.forEach(session -> session.drain(quiet));
        if (sessions.isEmpty()) {
            rest.complete();
        } else {
            loop.schedule(CHECK_INTERVAL, () -> closeIdle(loop, rest));
        }
    }
}
