package dev.muster.node;

import dev.muster.bus.Bridge;
import dev.muster.bus.BusVerticle;
import dev.muster.web.NodeState;
import dev.muster.web.ServerSettings;
import dev.muster.web.ServerSettings.HttpLimits;
import dev.muster.web.WebServer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The entry points of a node, deployed on each event loop: an HTTP server and the event-bus addresses. Safe on any thread. */
final class Servers {

    private final List<WebServer> web = new CopyOnWriteArrayList<>();
    private final List<BusVerticle> bus = new CopyOnWriteArrayList<>();

    /** Starts the servers. Blocks. */
    void deploy(Vertx vertx, NodeState node, ServerSettings settings, HttpLimits limits, Bridge bridge)
            throws InterruptedException {
        var onEachLoop = new DeploymentOptions().setInstances(settings.workers());
        Supplier<WebServer> server = () -> kept(web, new WebServer(node, settings, limits, bridge::routes));
        Waiting.got(vertx.deployVerticle(server, onEachLoop));
        Supplier<BusVerticle> addresses = () -> kept(bus, new BusVerticle(bridge));
        Waiting.got(vertx.deployVerticle(addresses, onEachLoop));
    }

    int port() {
        return web.get(0).port();
    }

    /** The port of the TCP bridge; -1 if the bridge is off. */
    int bridgePort() {
        return bus.get(0).port();
    }

    List<WebServer> web() {
        return web;
    }

    private static <T> T kept(List<T> all, T one) {
        all.add(one);
        return one;
    }
}
