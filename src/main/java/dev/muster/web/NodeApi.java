package dev.muster.web;

import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes for the node itself: health, API description, configuration. Runs on the loop of the request. */
final class NodeApi {

    private static final Map<String, Object> UP = Map.of("status", "up");

    private NodeApi() {}

    /**
     * {@code GET /health/live} responds while the event loop runs. {@code GET /health/started} does the same: a node that responds
     * has read its configuration.
     */
    static void up(RequestContext context, RoutingContext routing) {
        context.json(200, UP);
    }

    /**
     * {@code GET /health/ready}: whether the node accepts requests, and the readiness of each source. Only callers that
     * {@linkplain RequestContext#seesDetails may see them} get the addresses and names of databases.
     */
    static void ready(RequestContext context, RoutingContext routing) {
        boolean isKnown = context.request().getHeader(HttpHeaders.AUTHORIZATION) == null;
        context.then(isKnown ? Future.succeededFuture() : context.identified(), known -> ready(context));
    }

    private static void ready(RequestContext context) {
        boolean withDetail = context.seesDetails();
        boolean stopping = context.server().node().isStopping();
        context.then(context.server().node().healthChecks().check(context.site().offer()), sources -> {
            boolean ready =
                    !stopping && sources.values().stream().allMatch(source -> source.isReady() || !source.isNeeded());
            var bySource = new LinkedHashMap<String, Object>();
            sources.forEach((name, health) -> bySource.put(name, health.toValue(withDetail)));
            var value = new LinkedHashMap<String, Object>();
            value.put("status", ready ? "up" : "down");
            if (stopping) {
                value.put("stopping", true);
            }
            int nodes = context.server().node().clusterNodes();
            if (nodes > 0) {
                value.put("cluster", Map.of("nodes", nodes));
            }
            value.put("sources", bySource);
            context.json(ready ? 200 : 503, value);
        });
    }

    /**
     * {@code GET /openapi.json}: the API description. If callers are configured, it lists the plans that the caller may run;
     * without credentials, the public ones.
     */
    static void description(RequestContext context, RoutingContext routing) {
        if (context.request().getHeader(HttpHeaders.AUTHORIZATION) == null) {
            describe(context);
        } else {
            context.then(context.identified(), known -> describe(context));
        }
    }

    private static void describe(RequestContext context) {
        context.respond(200, RequestContext.JSON, context.site().description(context.caller()));
    }

    /** Serves a file of the documentation page. */
    static void page(RequestContext context, Pages.Page page) {
        page.headers().forEach(context.response()::putHeader);
        String known = context.request().getHeader("if-none-match");
        if (known != null && page.isKnownTo(known)) {
            context.empty(304);
        } else {
            context.respond(200, page.contentType(), page.body());
        }
    }

    /** {@code POST /v1/reload}. */
    static void reload(RequestContext context, RoutingContext routing) {
        if (!context.caller().mayCancel("")) {
            throw new MusterException(
                    ErrorType.DENIED, context.caller().name() + " may not reload the configuration (cancel: all)");
        }
        context.then(context.server().node().reload().recover(NodeApi::refused), forRestart -> {
            var value = new LinkedHashMap<String, Object>();
            value.put(
                    "plans",
                    context.server().site().offer().programs().keySet().stream()
                            .sorted()
                            .toList());
            value.put("restart", forRestart);
            context.json(200, value);
        });
    }

    private static Future<List<String>> refused(Throwable thrown) {
        if (!(thrown instanceof ProblemsException wrong)) {
            return Future.failedFuture(thrown);
        }
        List<String> problems = wrong.problems().stream().map(Problem::toString).toList();
        return Future.failedFuture(new MusterException(
                ErrorType.BAD_INPUT,
                "the configuration is wrong, and the previous one stays in use: " + String.join("; ", problems),
                Map.of("problems", problems),
                wrong));
    }
}
