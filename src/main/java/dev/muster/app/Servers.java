package dev.muster.app;

import dev.muster.bus.Bridge;
import dev.muster.bus.BusVerticle;
import dev.muster.web.HttpLimits;
import dev.muster.web.NodeState;
import dev.muster.web.ServerSettings;
import dev.muster.web.WebServer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** What lets callers in, on each event loop: a server for HTTP, and the addresses of the event bus. Safe on every thread. */
final class Servers {

    private final List<WebServer> web = new CopyOnWriteArrayList<>();
    private final List<BusVerticle> bus = new CopyOnWriteArrayList<>();

    /** Starts them; blocks. */
    void deploy(Vertx vertx, NodeState node, ServerSettings settings, HttpLimits limits, Bridge bridge)
            throws InterruptedException {
        var onEachLoop = new DeploymentOptions().setInstances(settings.workers());
        Supplier<WebServer> server = () -> kept(web, new WebServer(node, settings, limits, bridge::routes));
        Waiting.got(vertx.deployVerticle(server, onEachLoop));
        Supplier<BusVerticle> addresses = () -> kept(bus, new BusVerticle(bridge));
        Waiting.got(vertx.deployVerticle(addresses, onEachLoop));
    }

    /** The port of HTTP. */
    int port() {
        return web.get(0).port();
    }

    /** The port of the TCP bridge; -1 if it is off. */
    int bridgePort() {
        return bus.get(0).port();
    }

    /** Those of HTTP. */
    List<WebServer> web() {
        return web;
    }

    private static <T> T kept(List<T> all, T one) {
        all.add(one);
        return one;
    }
}
