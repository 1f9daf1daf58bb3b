package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.service.RunManager;
import dev.muster.web.ServerSettings.HttpLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server of one event loop. Deployed once for each loop; the servers of a node share their port.
 *
 * <p>{@link #port} and {@link #shutdown} are safe on any thread once the server is deployed.
 */
public final class WebServer extends VerticleBase {

    /** The port number with which Vert.x picks one free port for all servers that are deployed together. */
    private static final int SHARED_AND_FREE = -1;

    /** How long accepted connections can take to send their first request while the server stops. */
    private static final Duration FIRST_REQUEST_TIME = Duration.ofSeconds(1);

    /** Adds further routes to a server, after those of the API. */
    @FunctionalInterface
    public interface RouteContributor {

        /** Adds routes to the router of the server on this loop. */
        void contribute(Vertx vertx, Loop loop, Router router);
    }

    /**
     * What the requests of one server share.
     *
     * @param node the state that all servers of the node share
     * @param loop the loop of the requests
     * @param access the access log, or null if it is disabled
     */
    record Context(
            NodeState node,
            Loop loop,
            ServerSettings settings,
            HttpLimits limits,
            @Nullable AccessLog access) {

        WebDeployment site() {
            return node.site();
        }

        RunManager runManager() {
            return node.runManager();
        }
    }

    private final NodeState node;
    private final ServerSettings settings;
    private final HttpLimits limits;
    private final RouteContributor routes;
    private @Nullable Loop loop;
    private @Nullable HttpServer server;
    private @Nullable ConnectionTracker connections;

    /**
     * A server of this node.
     *
     * @param routes adds further routes
     */
    public WebServer(NodeState node, ServerSettings settings, HttpLimits limits, RouteContributor routes) {
        this.node = node;
        this.settings = settings;
        this.limits = limits;
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        Loop own = Loop.of(context);
        loop = own;
        AccessLog access = settings.accessLog() ? new AccessLog(own) : null;
        var shared = new Context(node, own, settings, limits, access);
        Optional<AcceptGuard> guard = AcceptGuard.of(vertx);
        var tracker = new ConnectionTracker(own, limits);
        connections = tracker;
        var cors = new Cors(settings.cors());
        var router = new RequestRouter(shared, Api.of(vertx, shared, routes), cors, new HostCheck(settings));
        server = vertx.createHttpServer(options())
                .connectionHandler(connection -> {
                    guard.ifPresent(accepting -> accepting.entered(connection));
                    tracker.opened(connection);
                })
                .invalidRequestHandler(request -> {
                    cors.mark(request);
                    invalid(request, shared);
                })
                .requestHandler(request -> {
                    if (tracker.isTooLate(request)) {
                        return;
                    }
                    String wrong = tracker.wrongAuthority(request);
                    onResponseEnd(request, tracker.began(request), access);
                    cors.mark(request);
                    if (wrong != null) {
                        new RequestContext(request, shared).failed(new MusterException(ErrorType.BAD_INPUT, wrong));
                    } else if (hasBodyOfNoLength(request)) {
                        reject(new RequestContext(request, shared), notHttp());
                    } else {
                        router.handle(request);
                    }
                });
        return server.listen()
                .onSuccess(open -> guard.ifPresent(accepting -> accepting.opens(own, limits, open.actualPort())));
    }

    /** The port of the server; -1 before it is deployed. */
    public int port() {
        return server == null ? -1 : server.actualPort();
    }

    /**
     * Stops accepting connections, closes each one once it has no pending request, and closes all after {@code patience}.
     *
     * @param mounted completes when the mounted routes, such as WebSockets, have no more work
     */
    public Future<Void> shutdown(Duration patience, Future<Void> mounted) {
        Loop own = loop;
        HttpServer listening = server;
        ConnectionTracker tracker = connections;
        if (own == null || listening == null || tracker == null) {
            return Future.succeededFuture();
        }
        long endNanos = own.nanos() + patience.toNanos();
        Promise<Void> quiet = Promise.promise();
        Duration firstRequestTime = patience.compareTo(FIRST_REQUEST_TIME) < 0 ? patience : FIRST_REQUEST_TIME;
        Future<Void> noneComes = AcceptGuard.of(vertx)
                .map(guard -> guard.shut(own, firstRequestTime))
                .orElseGet(Future::succeededFuture);
        noneComes.onComplete(none -> own.execute(() -> {
            own.schedule(patience, quiet::tryComplete);
            tracker.drain().compose(done -> mounted).onComplete(done -> quiet.tryComplete());
        }));
        return quiet.future()
                .compose(done -> listening.shutdown(
                        Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - own.nanos())), TimeUnit.MILLISECONDS));
    }

    private HttpServerOptions options() {
        var options = new HttpServerOptions();
        // HTTP/2 has a limit of its own, set to the same value so that a token does not fit one protocol only.
        options.getInitialSettings().setMaxHeaderListSize(limits.headerBytes());
        return options.setHost(settings.host())
                .setPort(settings.port() == 0 ? SHARED_AND_FREE : settings.port())
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxInitialLineLength(limits.headerBytes())
                // Responses are coded as they are written, see ContentCoding.
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                // The decompressed size would be unlimited: 64 KiB can become 64 MiB.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(limits.bodyBytes())
                .setMaxWebSocketMessageSize(limits.bodyBytes())
                // Sent when the body is read, see BodyReader.
                .setHandle100ContinueAutomatically(false)
                .setTcpNoDelay(true);
    }

    /** Registers the end of a response with the connection tracker and the access log: a response has a single end handler. */
    private static void onResponseEnd(HttpServerRequest request, Runnable ended, @Nullable AccessLog access) {
        if (access == null) {
            request.response().endHandler(over -> ended.run());
            return;
        }
        access.began(request);
        request.response().endHandler(over -> {
            ended.run();
            access.ended(request);
        });
    }

    private static void invalid(HttpServerRequest request, Context shared) {
        onResponseEnd(request, () -> {}, shared.access());
        Throwable cause = request.decoderResult().cause();
        String name = cause == null ? "" : cause.getClass().getSimpleName();
        reject(new RequestContext(request, shared), name.startsWith("TooLong") ? tooLarge() : notHttp());
    }

    private static MusterException notHttp() {
        return new MusterException(ErrorType.BAD_INPUT, "the request is not valid HTTP");
    }

    private static MusterException tooLarge() {
        return new MusterException(
                ErrorType.LIMIT, "the first line or the headers of the request are too large (server.limits.headers)");
    }

    private static void reject(RequestContext context, MusterException why) {
        context.closeAfterResponse();
        context.failed(why);
    }

    /**
     * Whether the request has a transfer coding other than chunked. The bytes after its head could then be its body or another
     * request.
     */
    private static boolean hasBodyOfNoLength(HttpServerRequest request) {
        String coding = request.version() == HttpVersion.HTTP_2
                ? null
                : request.headers().get(HttpHeaders.TRANSFER_ENCODING);
        return coding != null && !coding.equalsIgnoreCase("chunked");
    }
}
