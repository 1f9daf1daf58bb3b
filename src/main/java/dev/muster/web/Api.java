package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The routes beside the endpoints of plans. On the loop of its server. */
final class Api {

    /** What is said of a path at which there is nothing. */
    static final String NOTHING = "there is nothing at this path; see /openapi.json";

    private final Desk desk;
    private final Router router;

    private Api(Vertx vertx, Desk desk) {
        this.desk = desk;
        this.router = Router.router(vertx);
    }

    /** What a request with the rights of its caller does. */
    @FunctionalInterface
    private interface Act {
        void on(Incoming incoming, RoutingContext path);
    }

    /** The routes of one server. */
    static Router of(Vertx vertx, Desk desk, Mount mount) {
        var api = new Api(vertx, desk);
        api.known(HttpMethod.POST, "/v1/plans/:name/runs", RunsApi::runSaved);
        api.known(HttpMethod.POST, "/v1/runs", RunsApi::runAdhoc);
        api.known(HttpMethod.GET, "/v1/runs", RunsApi::list);
        api.known(HttpMethod.GET, "/v1/runs/:id", RunsApi::report);
        api.known(HttpMethod.GET, "/v1/runs/:id/events", RunsApi::events);
        api.known(HttpMethod.DELETE, "/v1/runs/:id", RunsApi::cancel);
        api.known(HttpMethod.GET, "/v1/plans", PlansApi::list);
        api.known(HttpMethod.GET, "/v1/plans/:name", PlansApi::plan);
        api.queues();
        api.known(HttpMethod.POST, "/v1/reload", NodeApi::reload);
        api.open("/health/live", NodeApi::live);
        api.open("/health/ready", NodeApi::ready);
        api.open("/health/started", NodeApi::started);
        api.open("/openapi.json", NodeApi::description);
        api.pages();
        mount.on(vertx, desk.loop(), api.router);
        api.router.route().handler(api::nothing);
        api.router.errorHandler(400, api::malformed);
        // Of paths that are none, as in OPTIONS * and CONNECT, no route is asked.
        api.router.errorHandler(404, api::nothing);
        api.router.errorHandler(500, context -> new Incoming(context.request(), desk).failed(context.failure()));
        return api.router;
    }

    private void queues() {
        known(HttpMethod.GET, "/v1/queues", QueuesApi::list);
        known(HttpMethod.GET, "/v1/queues/:name", QueuesApi::status);
        known(HttpMethod.POST, "/v1/queues/:name/close", QueuesApi::close);
        known(HttpMethod.POST, "/v1/queues/:name/reopen", QueuesApi::reopen);
        known(HttpMethod.POST, "/v1/queues/:name/pause", QueuesApi::pause);
        known(HttpMethod.POST, "/v1/queues/:name/resume", QueuesApi::resume);
        known(HttpMethod.POST, "/v1/queues/:name/join", QueuesApi::join);
        known(HttpMethod.POST, "/v1/queues/:name/redrive", QueuesApi::redrive);
        known(HttpMethod.POST, "/v1/queues/:name/take", JobsApi::take);
        known(HttpMethod.POST, "/v1/queues/:name/jobs", JobsApi::put);
        known(HttpMethod.GET, "/v1/queues/:name/jobs", JobsApi::list);
        known(HttpMethod.GET, "/v1/queues/:name/jobs/:id", JobsApi::job);
        known(HttpMethod.DELETE, "/v1/queues/:name/jobs/:id", JobsApi::cancel);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/ack", JobsApi::ack);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/fail", JobsApi::fail);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/extend", JobsApi::extend);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/release", JobsApi::release);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/redrive", JobsApi::redrive);
    }

    /** A route for callers. */
    private void known(HttpMethod method, String path, Act act) {
        route(method, path).handler(context -> {
            var incoming = new Incoming(context.request(), desk);
            incoming.then(incoming.identified(), known -> act.on(incoming, context));
        });
    }

    /** A route for anyone. */
    private void open(String path, Act act) {
        Handler<RoutingContext> handler = context -> {
            var incoming = new Incoming(context.request(), desk);
            incoming.then(Future.succeededFuture(), ready -> act.on(incoming, context));
        };
        route(HttpMethod.GET, path).handler(handler);
        route(HttpMethod.HEAD, path).handler(handler);
    }

    private Route route(HttpMethod method, String path) {
        return router.route(method, path);
    }

    private void pages() {
        Pages.all().forEach(page -> open(page.path(), (incoming, path) -> NodeApi.page(incoming, page)));
    }

    /** What the router could not read: said to the caller, and no fault that the log must have. */
    private void malformed(RoutingContext context) {
        var incoming = new Incoming(context.request(), desk);
        incoming.closes();
        incoming.failed(new MusterException(
                ErrorType.BAD_INPUT, "the request names no host, or its path or query is not well-formed"));
    }

    /** No route is left: the path is unknown, or it is known by other methods. */
    private void nothing(RoutingContext context) {
        var incoming = new Incoming(context.request(), desk);
        var allowed = new TreeSet<String>();
        for (Route route : router.getRoutes()) {
            if (route.getPath() != null
                    && route.methods() != null
                    && matches(route.getPath(), context.normalizedPath())) {
                route.methods().forEach(method -> allowed.add(method.name()));
            }
        }
        if (allowed.isEmpty()) {
            incoming.failed(new MusterException(ErrorType.NOT_FOUND, NOTHING));
        } else {
            incoming.problem(
                    ProblemDetails.otherMethods(context.request().method().name(), List.copyOf(allowed)));
        }
    }

    private static boolean matches(String pattern, @Nullable String path) {
        String[] wanted = pattern.split("/", -1);
        String[] given = path == null ? new String[0] : path.split("/", -1);
        if (wanted.length != given.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].startsWith(":") && !wanted[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }
}
