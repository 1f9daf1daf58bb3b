package dev.muster.web;

import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes for the node itself: health, API description, configuration. Runs on the loop of the request. */
final class NodeApi {

    private static final Map<String, Object> UP = Map.of("status", "up");

    private NodeApi() {}

    /** {@code GET /health/live}: responds while the event loop runs. */
    static void live(RequestContext incoming, RoutingContext path) {
        incoming.json(200, UP);
    }

    /** {@code GET /health/started}: a node that responds has read its configuration. */
    static void started(RequestContext incoming, RoutingContext path) {
        incoming.json(200, UP);
    }

    /**
     * {@code GET /health/ready}: whether the node accepts requests, and the readiness of each source. Only callers that
     * {@linkplain RequestContext#seesDetails may see them} get the addresses and names of databases.
     */
    static void ready(RequestContext incoming, RoutingContext path) {
        boolean isKnown = incoming.request().getHeader(HeaderNames.AUTHORIZATION) == null;
        incoming.then(isKnown ? Future.succeededFuture() : incoming.identified(), known -> ready(incoming));
    }

    private static void ready(RequestContext incoming) {
        boolean withDetail = incoming.seesDetails();
        boolean stopping = incoming.desk().node().isStopping();
        incoming.then(incoming.desk().node().healthChecks().ask(incoming.site().offer()), sources -> {
            boolean ready =
                    !stopping && sources.values().stream().allMatch(source -> source.isReady() || !source.isNeeded());
            var bySource = new LinkedHashMap<String, Object>();
            sources.forEach((name, health) -> bySource.put(name, health.toValue(withDetail)));
            var value = new LinkedHashMap<String, Object>();
            value.put("status", ready ? "up" : "down");
            if (stopping) {
                value.put("stopping", true);
            }
            int nodes = incoming.desk().node().clusterNodes();
            if (nodes > 0) {
                value.put("cluster", Map.of("nodes", nodes));
            }
            value.put("sources", bySource);
            incoming.json(ready ? 200 : 503, value);
        });
    }

    /**
     * {@code GET /openapi.json}: the API description. If callers are configured, it lists the plans that the caller may run;
     * without credentials, the public ones.
     */
    static void description(RequestContext incoming, RoutingContext path) {
        if (incoming.request().getHeader(HeaderNames.AUTHORIZATION) == null) {
            describe(incoming);
        } else {
            incoming.then(incoming.identified(), known -> describe(incoming));
        }
    }

    private static void describe(RequestContext incoming) {
        incoming.answer(200, HeaderNames.JSON, incoming.site().description(incoming.caller()));
    }

    /** Serves a file of the documentation page. */
    static void page(RequestContext incoming, Pages.Page page) {
        page.headers().forEach(incoming.response()::putHeader);
        String known = incoming.request().getHeader("if-none-match");
        if (known != null && page.isKnownTo(known)) {
            incoming.empty(304);
        } else {
            incoming.answer(200, page.contentType(), page.body());
        }
    }

    /** {@code POST /v1/reload}. */
    static void reload(RequestContext incoming, RoutingContext path) {
        if (!incoming.caller().mayCancel("")) {
            throw new MusterException(
                    ErrorType.DENIED, incoming.caller().name() + " may not reload the configuration (cancel: all)");
        }
        incoming.then(incoming.desk().node().reload().recover(NodeApi::refused), forRestart -> {
            var value = new LinkedHashMap<String, Object>();
            value.put(
                    "plans",
                    incoming.desk().site().offer().programs().keySet().stream()
                            .sorted()
                            .toList());
            value.put("restart", forRestart);
            incoming.json(200, value);
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
