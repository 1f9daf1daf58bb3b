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
 * An HTTP service with the latency and the faults that its {@link Routes} say, on a loopback port; HTTP/1.1 and, by
 * prior knowledge or upgrade, HTTP/2 without TLS.
 *
 * <p>What happens to a request depends on the seed, its method and URL, and how many of the same came before, so that two
 * runs of the same requests meet the same faults, whatever their order. {@code /_upstream} answers
 * {@link #statistics()} as JSON. Its methods may be called from any thread.
 */
public final class Upstream {
    /** The path of the statistics. */
    static final String STATISTICS = "/_upstream";

    private static final String LOOPBACK = "127.0.0.1";
    private static final int BACKLOG = 1024;

    private final Vertx vertx;
    private final Routes routes;
    private final Counters counters;
    private final HttpServer server;

    /** With these routes; it does nothing before {@link #listen()}. */
    public Upstream(Vertx vertx, Routes routes) {
        this.vertx = vertx;
        this.routes = routes;
        this.counters = new Counters(routes);
        this.server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(BACKLOG))
                .requestHandler(this::handle);
    }

    /** Listens on a free port; answers itself once it does. */
    public Future<Upstream> listen() {
        return listen(0);
    }

    /**
     * Listens on a port; answers itself once it does.
     *
     * @param port 0 for a free one
     */
    public Future<Upstream> listen(int port) {
        return server.listen(port, LOOPBACK).map(this);
    }

    /** The port; only after it listens. */
    public int port() {
        return server.actualPort();
    }

    /** {@code http://127.0.0.1:PORT}; only after it listens. */
    public String address() {
        return "http://" + LOOPBACK + ":" + port();
    }

    /** What it has seen so far. */
    public UpstreamStatistics statistics() {
        return counters.snapshot();
    }

    /** Closes the port and every connection, in whatever state their requests are. */
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
            String route = match.map(it -> it.route().name()).orElse("none");
            String url = request.method().name() + " " + request.uri();
            Draw draw = new Draw(routes.seed(), url, counters.began(route, url));
            UpstreamRequest asked = new UpstreamRequest(vertx, request, draw, counters);
            match.ifPresentOrElse(asked::begin, () -> unknown(request, path));
        } catch (IllegalArgumentException brokenEncoding) {
            json(request.response(), 400, Map.of("error", "the path is not percent-encoded rightly: " + path));
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
