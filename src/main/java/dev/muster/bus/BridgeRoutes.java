package dev.muster.bus;

import dev.muster.loop.OutOfMemory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP routes of WebSocket and SockJS. */
final class BridgeRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeRoutes.class);
    private static final String PATHS = "/eventbus*";
    private static final List<HttpMethod> METHODS = List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.OPTIONS);
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NO_SUCH_VERSION = 505;

    private BridgeRoutes() {}

    /** Adds the routes to a server's router. */
    static void add(Vertx vertx, Router router, int maxBytes, Handler<SockJSSocket> connected) {
        var options = new SockJSHandlerOptions()
                .setInsertJSESSIONID(false)
                // Pages of other sites could load these two transports as scripts, and such requests carry no origin.
                .addDisabledTransport("JSON_P")
                .addDisabledTransport("HTML_FILE");
        router.route(PATHS).handler(BridgeRoutes::refuseHttp2);
        router.route(PATHS).handler(BridgeRoutes::boundPongs);
        router.post(PATHS).handler(BodyHandler.create(false).setBodyLimit(maxBytes));
        router.route(PATHS).failureHandler(BridgeRoutes::failed);
        router.route(PATHS).handler(BridgeRoutes::refuseOtherMethods);
        router.route(PATHS).subRouter(SockJSHandler.create(vertx, options).socketHandler(connected));
    }

    /**
     * Responds to a failure of vertx-web with its status alone. Only unexpected exceptions are logged. For a wrong method, the
     * server's next handler responds in detail.
     */
    private static void failed(RoutingContext context) {
        Throwable failure = context.failure();
        OutOfMemory.check(failure);
        if (failure != null && !(failure instanceof HttpException)) {
            LOG.error("a request to the event bus failed", failure);
        }
        int status = context.statusCode();
        if (status == METHOD_NOT_ALLOWED) {
            context.next();
        } else if (!context.response().ended()) {
            context.response().setStatusCode(status < 400 ? 500 : status).end();
        }
    }

    private static void refuseOtherMethods(RoutingContext context) {
        if (METHODS.contains(context.request().method())) {
            context.next();
        } else {
            context.response()
                    .putHeader(
                            HttpHeaders.ALLOW,
                            METHODS.stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
            context.fail(METHOD_NOT_ALLOWED);
        }
    }

    private static void boundPongs(RoutingContext context) {
        if (context.request().canUpgradeToWebSocket()
                && context.request().connection() instanceof HttpServerConnection connection) {
            UnreadPongs.bound(connection.channelHandlerContext());
        }
        context.next();
    }

    /** Rejects HTTP/2: SockJS closes the connection after each response, and all other streams of an HTTP/2 connection with it. */
    private static void refuseHttp2(RoutingContext context) {
        if (context.request().version() != HttpVersion.HTTP_2
                || context.normalizedPath().endsWith("/info")) {
            context.next();
        } else {
            context.response().setStatusCode(NO_SUCH_VERSION).end("the event bus is served over HTTP/1.1\n");
        }
    }

    /**
     * Ignores pings of a WebSocket whose client does not read the pongs: Vert.x answers each ping, and would buffer all pongs. RFC
     * 6455, 5.5.3, permits a server to answer only the latest ping. Stateless; safe on any thread.
     */
    @ChannelHandler.Sharable
    private static final class UnreadPongs extends ChannelInboundHandlerAdapter {

        private static final UnreadPongs ONE = new UnreadPongs();
        private static final String NAME = "unreadPongs";

        private UnreadPongs() {}

        /** Adds the handler to a connection that is about to become a WebSocket. Idempotent. Call on the connection's loop. */
        static void bound(ChannelHandlerContext vertx) {
            if (vertx.pipeline().get(NAME) == null) {
                vertx.pipeline().addBefore(vertx.name(), NAME, ONE);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof PingWebSocketFrame ping && !context.channel().isWritable()) {
                ping.release();
            } else {
                context.fireChannelRead(message);
            }
        }
    }
}
