package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The HTTP routes other than the endpoints of plans. Runs on the loop of its server. */
final class Api {

    /** The detail of the error for a path without a route. */
    static final String NOTHING = "there is no such path; see /openapi.json";

    /** The key of the request in a routing context. */
    private static final String INCOMING = RequestContext.class.getName();

    private final ServerContext desk;
    private final Router router;

    private Api(Vertx vertx, ServerContext desk) {
        this.desk = desk;
        this.router = Router.router(vertx);
    }

    /** The action of a request. */
    @FunctionalInterface
    private interface Act {
        void on(RequestContext incoming, RoutingContext path);
    }

    /** The action of a request with query parameters. It checks the query once it has read all of them. */
    @FunctionalInterface
    private interface AskingAct {
        void on(RequestContext incoming, RoutingContext path, ApiQuery query);
    }

    /** The routes of one server. */
    static Router of(Vertx vertx, ServerContext desk, RouteContributor mount) {
        var api = new Api(vertx, desk);
        api.known(HttpMethod.POST, "/v1/plans/:name/runs", List.of("detach"), RunsApi::runSaved);
        api.known(HttpMethod.POST, "/v1/runs", List.of("detach"), RunsApi::runAdhoc);
        api.known(HttpMethod.GET, "/v1/runs", List.of("limit", "before"), RunsApi::list);
        api.known(HttpMethod.GET, "/v1/runs/:id", RunsApi::report);
        api.known(HttpMethod.GET, "/v1/runs/:id/events", RunsApi::events);
        api.known(HttpMethod.DELETE, "/v1/runs/:id", List.of("why"), RunsApi::cancel);
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
        api.router.errorHandler(405, api::otherMethod);
        // No route is tried for a target without a path, as in OPTIONS * and CONNECT.
        api.router.errorHandler(404, api::nothing);
        api.router.errorHandler(500, context -> api.incoming(context).failed(context.failure()));
        return api.router;
    }

    private void queues() {
        known(HttpMethod.GET, "/v1/queues", QueuesApi::list);
        known(HttpMethod.GET, "/v1/queues/:name", QueuesApi::status);
        known(HttpMethod.POST, "/v1/queues/:name/close", QueuesApi::close);
        known(HttpMethod.POST, "/v1/queues/:name/reopen", QueuesApi::reopen);
        known(HttpMethod.POST, "/v1/queues/:name/pause", QueuesApi::pause);
        known(HttpMethod.POST, "/v1/queues/:name/resume", QueuesApi::resume);
        known(HttpMethod.POST, "/v1/queues/:name/join", List.of("wait"), QueuesApi::join);
        known(HttpMethod.POST, "/v1/queues/:name/redrive", List.of("max"), QueuesApi::redrive);
        known(HttpMethod.POST, "/v1/queues/:name/take", List.of("max", "wait"), JobsApi::take);
        known(HttpMethod.POST, "/v1/queues/:name/jobs", List.of("wait"), JobsApi::put);
        known(HttpMethod.GET, "/v1/queues/:name/jobs", List.of("state", "limit", "after"), JobsApi::list);
        known(HttpMethod.GET, "/v1/queues/:name/jobs/:id", JobsApi::job);
        known(HttpMethod.DELETE, "/v1/queues/:name/jobs/:id", JobsApi::cancel);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/ack", JobsApi::ack);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/fail", JobsApi::fail);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/extend", JobsApi::extend);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/release", JobsApi::release);
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/redrive", JobsApi::redrive);
    }

    /** Adds a route for identified callers, without query parameters. */
    private void known(HttpMethod method, String path, Act act) {
        known(method, path, List.of(), (incoming, context, query) -> {
            query.check();
            act.on(incoming, context);
        });
    }

    /** Adds a route for identified callers. A GET route also serves HEAD. */
    private void known(HttpMethod method, String path, List<String> words, AskingAct act) {
        Handler<RoutingContext> handler = context -> {
            RequestContext incoming = incoming(context);
            incoming.then(
                    incoming.identified(),
                    known -> act.on(
                            incoming, context, new ApiQuery(context.request().query(), words)));
        };
        route(method, path).handler(handler);
        if (method == HttpMethod.GET) {
            route(HttpMethod.HEAD, path).handler(handler);
        }
    }

    /** Adds a route for anyone, without query parameters. */
    private void open(String path, Act act) {
        page(path, (incoming, context) -> {
            new ApiQuery(incoming.request().query(), List.of()).check();
            act.on(incoming, context);
        });
    }

    /** Adds a route for anyone that ignores the query. */
    private void page(String path, Act act) {
        Handler<RoutingContext> handler = context -> {
            RequestContext incoming = incoming(context);
            incoming.then(Future.succeededFuture(), ready -> act.on(incoming, context));
        };
        route(HttpMethod.GET, path).handler(handler);
        route(HttpMethod.HEAD, path).handler(handler);
    }

    private Route route(HttpMethod method, String path) {
        return router.route(method, path);
    }

    /**
     * The request of a routing context. There is one object for each context: a second one would replace the disconnect handler of
     * the first.
     */
    private RequestContext incoming(RoutingContext context) {
        RequestContext known = context.get(INCOMING);
        if (known == null) {
            known = new RequestContext(context.request(), desk);
            context.put(INCOMING, known);
        }
        return known;
    }

    private void pages() {
        Pages.all().forEach(page -> page(page.path(), (incoming, path) -> NodeApi.page(incoming, page)));
    }

    /** Responds to a path or query that the router cannot parse. This is the caller's error, so it is not logged. */
    private void malformed(RoutingContext context) {
        RequestContext incoming = incoming(context);
        incoming.closes();
        incoming.failed(
                new MusterException(ErrorType.BAD_INPUT, "the path or the query of the request is not well-formed"));
    }

    /** Responds to a request that no route matches: 405 if the path has other methods, otherwise 404. */
    private void nothing(RoutingContext context) {
        RequestContext incoming = incoming(context);
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

    /** Responds to a method that the handler of the path rejected. The handler has set {@code Allow}. */
    private void otherMethod(RoutingContext context) {
        String allowed = context.response().headers().get(HttpHeaders.ALLOW);
        if (allowed == null) {
            nothing(context);
        } else {
            incoming(context)
                    .problem(ProblemDetails.otherMethods(
                            context.request().method().name(), List.of(allowed.split(", "))));
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
