package dev.muster.bus;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event-bus addresses of one event loop: {@code muster.run} and {@code muster.run.cancel} for peers and, if it is enabled, the
 * TCP bridge for other clients. Deployed once for each loop. The verticles of a node share the port, and the bus distributes
 * messages over them.
 *
 * <p>{@link #port} is safe on any thread once the verticle is deployed.
 */
public final class BusVerticle extends VerticleBase {

    /** The port number with which Vert.x picks one free port for all servers that are deployed together. */
    private static final int SHARED_AND_FREE = -2;

    private static final Logger LOG = LoggerFactory.getLogger(BusVerticle.class);

    private final Bridge bridge;
    private @Nullable NetServer server;

    /** Serves the addresses of the node that these bridges belong to. */
    public BusVerticle(Bridge bridge) {
        this.bridge = bridge;
    }

    @Override
    public Future<?> start() {
        Bridge.Context shared = bridge.context(vertx, Loop.of(context));
        BusRuns runs = shared.runs();
        Future<?> run = consume(BusRuns.RUN, runs, runs::run);
        Future<?> cancel = consume(BusRuns.CANCEL, runs, runs::cancel);
        Future<?> listening =
                bridge.settings().tcp().<Future<?>>map(at -> listen(shared, at)).orElseGet(Future::succeededFuture);
        return run.compose(done -> cancel).compose(done -> listening);
    }

    /** The port of the TCP bridge; -1 if it is disabled. */
    public int port() {
        return server == null ? -1 : server.actualPort();
    }

    private Future<?> consume(String address, BusRuns runs, Consumer<BusRequest> act) {
        EventBus bus = vertx.eventBus();
        int maxBytes = bridge.limits().bodyBytes();
        return bus.<Object>consumer(
                        address,
                        (Message<Object> message) -> act.accept(new PeerRequest(bus, message, maxBytes, runs.memory())))
                .completion();
    }

    private Future<?> listen(Bridge.Context shared, BusSettings.Tcp at) {
        var options = new NetServerOptions()
                .setHost(at.host())
                .setPort(at.port() == 0 ? SHARED_AND_FREE : at.port())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true);
        NetServer listening = vertx.createNetServer(options).connectHandler(socket -> TcpSocket.serve(shared, socket));
        server = listening;
        return listening
                .listen()
                .onSuccess(ready -> LOG.info("the event-bus bridge listens at {}:{}", at.host(), ready.actualPort()))
                .recover(thrown -> Future.failedFuture(new BridgeListenException(at, thrown)));
    }

    /** The TCP bridge cannot listen at its configured address. */
    public static final class BridgeListenException extends IOException {

        private static final long serialVersionUID = 1;

        private final transient BusSettings.Tcp at;

        private BridgeListenException(BusSettings.Tcp at, Throwable cause) {
            super(cause.getMessage(), cause);
            this.at = at;
        }

        /** The configured address. */
        public BusSettings.Tcp at() {
            return at;
        }
    }
}
