package dev.muster.dev;

import dev.muster.json.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP service on a loopback port with the latency and faults that its {@link Routes} define. It speaks HTTP/1.1 and, by prior
 * knowledge or upgrade, HTTP/2 without TLS.
 *
 * <p>The fault of a request depends on the seed, its method and URL, and the number of earlier requests of the same URL. Two runs
 * of the same requests therefore see the same faults in any order. {@code /_upstream} returns {@link #statistics()} as JSON. Safe
 * on any thread.
 */
public final class Upstream {
    /** The path of the statistics. */
    static final String STATISTICS = "/_upstream";

    private static final String LOOPBACK = "127.0.0.1";
    private static final int BACKLOG = 1024;

    private final Vertx vertx;
    private final Routes routes;
    private final UpstreamStatistics.Counters counters;
    private final HttpServer server;

    /** Creates an upstream with these routes. It does nothing before {@link #listen()}. */
    public Upstream(Vertx vertx, Routes routes) {
        this.vertx = vertx;
        this.routes = routes;
        this.counters = new UpstreamStatistics.Counters(routes);
        this.server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(BACKLOG))
                .requestHandler(this::handle);
    }

    /** Listens on a free port and completes with this upstream. */
    public Future<Upstream> listen() {
        return listen(0);
    }

    /**
     * Listens on a port and completes with this upstream.
     *
     * @param port the port, or 0 for a free one
     */
    public Future<Upstream> listen(int port) {
        return server.listen(port, LOOPBACK).map(this);
    }

    /** The port. Only valid once the upstream is listening. */
    public int port() {
        return server.actualPort();
    }

    /** The address {@code http://127.0.0.1:PORT}. Only valid once the upstream is listening. */
    public String address() {
        return "http://" + LOOPBACK + ":" + port();
    }

    /** A snapshot of the counters. */
    public UpstreamStatistics statistics() {
        return counters.snapshot();
    }

    /** Closes the port and all connections, including those with requests in progress. */
    public Future<Void> close() {
        return server.close();
    }

    private void handle(HttpServerRequest request) {
        String path = Optional.ofNullable(request.path()).orElse("/");
        if (path.equals(STATISTICS)) {
            json(request.response(), 200, statistics().toValue());
            return;
        }
        try {
            Optional<Routes.Match> match = routes.find(request.method().name(), path);
            String route = match.map(found -> found.route().name()).orElse("none");
            String url = request.method().name() + " " + request.uri();
            var draw = new UpstreamRequest.Draw(routes.seed(), url, counters.began(route, url));
            var upstreamRequest = new UpstreamRequest(vertx, request, draw, counters);
            match.ifPresentOrElse(upstreamRequest::begin, () -> unknown(request, path));
        } catch (IllegalArgumentException brokenEncoding) {
            json(request.response(), 400, Map.of("error", "the path has wrong percent-encoding: " + path));
        }
    }

    private void unknown(HttpServerRequest request, String path) {
        String methods = routes.methodsOf(path);
        if (methods.isEmpty()) {
            json(request.response(), 404, Map.of("error", "no route for " + path));
        } else {
            request.response().putHeader("Allow", methods);
            json(request.response(), 405, Map.of("error", path + " takes " + methods));
        }
    }

    private static void json(HttpServerResponse response, int status, Map<String, Object> value) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(Json.write(value));
    }
}
