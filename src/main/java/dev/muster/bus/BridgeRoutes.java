package dev.muster.bus;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;

/** The paths of WebSockets and SockJS. */
final class BridgeRoutes {

    private static final String PATHS = "/eventbus*";

    private BridgeRoutes() {}

    /** Adds them to the routes of a server. */
    static void add(
            Vertx vertx, Router router, Handler<RoutingContext> guard, int mostBytes, Handler<SockJSSocket> connected) {
        var options = new SockJSHandlerOptions()
                .setInsertJSESSIONID(false)
                // Pages of other sites could load these two as scripts, which say no origin.
                .addDisabledTransport("JSON_P")
                .addDisabledTransport("HTML_FILE");
        router.route(PATHS).handler(guard);
        router.post(PATHS).handler(BodyHandler.create(false).setBodyLimit(mostBytes));
        router.route(PATHS).subRouter(SockJSHandler.create(vertx, options).socketHandler(connected));
    }
}
