package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.JobQueue;
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
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The HTTP routes other than the endpoints of plans. Runs on the loop of its server. */
final class Api {

    static final String NOTHING = "there is no such path; see /openapi.json";

    private static final String CONTEXT = RequestContext.class.getName();

    private final WebServer.Context server;
    private final Router router;

    private Api(Vertx vertx, WebServer.Context server) {
        this.server = server;
        this.router = Router.router(vertx);
    }

    /** The action of a request with query parameters. It checks the query once it has read all of them. */
    @FunctionalInterface
    private interface QueryAction {
        void accept(RequestContext context, RoutingContext routing, ApiQuery query);
    }

    static Router of(Vertx vertx, WebServer.Context server, WebServer.RouteContributor routes) {
        var api = new Api(vertx, server);
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
        api.open("/health/live", NodeApi::up);
        api.open("/health/ready", NodeApi::ready);
        api.open("/health/started", NodeApi::up);
        api.open("/openapi.json", NodeApi::description);
        api.pages();
        routes.contribute(vertx, server.loop(), api.router);
        api.router.route().handler(api::nothing);
        api.router.errorHandler(400, api::malformed);
        api.router.errorHandler(405, api::otherMethod);
        // No route is tried for a target without a path, as in OPTIONS * and CONNECT.
        api.router.errorHandler(404, api::nothing);
        api.router.errorHandler(500, routing -> api.context(routing).failed(routing.failure()));
        return api.router;
    }

    private void queues() {
        known(HttpMethod.GET, "/v1/queues", QueuesApi::list);
        known(HttpMethod.GET, "/v1/queues/:name", QueuesApi::status);
        change("/v1/queues/:name/close", JobQueue::close);
        change("/v1/queues/:name/reopen", JobQueue::reopen);
        change("/v1/queues/:name/pause", JobQueue::pause);
        change("/v1/queues/:name/resume", JobQueue::resume);
        known(HttpMethod.POST, "/v1/queues/:name/join", List.of("wait"), QueuesApi::join);
        known(HttpMethod.POST, "/v1/queues/:name/redrive", List.of("max"), QueuesApi::redrive);
        known(HttpMethod.POST, "/v1/queues/:name/take", List.of("max", "wait"), JobsApi::take);
        known(HttpMethod.POST, "/v1/queues/:name/jobs", List.of("wait"), JobsApi::put);
        known(HttpMethod.GET, "/v1/queues/:name/jobs", List.of("state", "limit", "after"), JobsApi::list);
        known(HttpMethod.GET, "/v1/queues/:name/jobs/:id", JobsApi::job);
        known(HttpMethod.DELETE, "/v1/queues/:name/jobs/:id", JobsApi::cancel);
        for (String word : List.of("ack", "fail", "extend", "release")) {
            known(
                    HttpMethod.POST,
                    "/v1/queues/:name/jobs/:id/" + word,
                    (context, routing) -> JobsApi.settle(context, routing, word));
        }
        known(HttpMethod.POST, "/v1/queues/:name/jobs/:id/redrive", JobsApi::redrive);
    }

    private void change(String path, Function<JobQueue, Future<Void>> change) {
        known(HttpMethod.POST, path, (context, routing) -> QueuesApi.change(context, routing, change));
    }

    /** Adds a route for identified callers, without query parameters. */
    private void known(HttpMethod method, String path, BiConsumer<RequestContext, RoutingContext> action) {
        known(method, path, List.of(), (context, routing, query) -> {
            query.check();
            action.accept(context, routing);
        });
    }

    /** Adds a route for identified callers. A GET route also serves HEAD. */
    private void known(HttpMethod method, String path, List<String> words, QueryAction action) {
        Handler<RoutingContext> handler = routing -> {
            RequestContext context = context(routing);
            context.then(
                    context.identified(),
                    known -> action.accept(
                            context, routing, new ApiQuery(routing.request().query(), words)));
        };
        router.route(method, path).handler(handler);
        if (method == HttpMethod.GET) {
            router.route(HttpMethod.HEAD, path).handler(handler);
        }
    }

    /** Adds a route for anyone, without query parameters. */
    private void open(String path, BiConsumer<RequestContext, RoutingContext> action) {
        page(path, (context, routing) -> {
            new ApiQuery(context.request().query(), List.of()).check();
            action.accept(context, routing);
        });
    }

    /** Adds a route for anyone that ignores the query. */
    private void page(String path, BiConsumer<RequestContext, RoutingContext> action) {
        Handler<RoutingContext> handler = routing -> {
            RequestContext context = context(routing);
            context.then(Future.succeededFuture(), ready -> action.accept(context, routing));
        };
        router.route(HttpMethod.GET, path).handler(handler);
        router.route(HttpMethod.HEAD, path).handler(handler);
    }

    /**
     * The request of a routing context. There is one object for each routing context: a second one would replace the disconnect handler of
     * the first.
     */
    private RequestContext context(RoutingContext routing) {
        RequestContext known = routing.get(CONTEXT);
        if (known == null) {
            known = new RequestContext(routing.request(), server);
            routing.put(CONTEXT, known);
        }
        return known;
    }

    private void pages() {
        Pages.all().forEach(page -> page(page.path(), (context, routing) -> NodeApi.page(context, page)));
    }

    /** Responds to a path or query that the router cannot parse. This is the caller's error, so it is not logged. */
    private void malformed(RoutingContext routing) {
        RequestContext context = context(routing);
        context.closeAfterResponse();
        context.failed(
                new MusterException(ErrorType.BAD_INPUT, "the path or the query of the request is not well-formed"));
    }

    /** Responds to a request that no route matches: 405 if the path has other methods, otherwise 404. */
    private void nothing(RoutingContext routing) {
        RequestContext context = context(routing);
        var allowed = new TreeSet<String>();
        for (Route route : router.getRoutes()) {
            if (route.getPath() != null
                    && route.methods() != null
                    && matches(route.getPath(), routing.normalizedPath())) {
                route.methods().forEach(method -> allowed.add(method.name()));
            }
        }
        if (allowed.isEmpty()) {
            context.failed(new MusterException(ErrorType.NOT_FOUND, NOTHING));
        } else {
            context.problem(
                    ProblemDetails.otherMethods(routing.request().method().name(), List.copyOf(allowed)));
        }
    }

    /** Responds to a method that the handler of the path rejected. The handler has set {@code Allow}. */
    private void otherMethod(RoutingContext routing) {
        String allowed = routing.response().headers().get(HttpHeaders.ALLOW);
        if (allowed == null) {
            nothing(routing);
        } else {
            context(routing)
                    .problem(ProblemDetails.otherMethods(
                            routing.request().method().name(), List.of(allowed.split(", "))));
        }
    }

    private static boolean matches(String pattern, @Nullable String path) {
        String[] expected = pattern.split("/", -1);
        String[] actual = path == null ? new String[0] : path.split("/", -1);
        if (expected.length != actual.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (!expected[i].startsWith(":") && !expected[i].equals(actual[i])) {
                return false;
            }
        }
        return true;
    }
}
