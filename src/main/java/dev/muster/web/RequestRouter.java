package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The router of all requests: to the endpoint of a plan, or to the API. Runs on the loop of its server. */
final class RequestRouter implements Handler<HttpServerRequest> {

    private static final Future<Buffer> NO_BODY = Future.succeededFuture(Buffer.buffer(0));

    private final WebServer.Context server;
    private final Handler<HttpServerRequest> api;
    private final Cors cors;
    private final HostCheck hostCheck;

    RequestRouter(WebServer.Context server, Handler<HttpServerRequest> api, Cors cors, HostCheck hostCheck) {
        this.server = server;
        this.api = api;
        this.cors = cors;
        this.hostCheck = hostCheck;
    }

    @Override
    public void handle(HttpServerRequest request) {
        Authority host;
        try {
            host = hostCheck.authority(request);
            hostCheck.checkOrigin(request, host);
        } catch (MusterException e) {
            reject(request, e, e.type() == ErrorType.BAD_INPUT);
            return;
        }
        if (cors.isPreflight(request)) {
            new RequestContext(request, server).empty(204);
            return;
        }
        String path = request.path() == null ? "" : request.path();
        if (server.site().offer().callers().isEmpty() && !hostCheck.isKnown(host)) {
            // A path that nothing serves is reported as not found, which reveals nothing. No route is tried, whatever
            // the spelling of the path.
            boolean isHidden = server.site().endpoints().servesAnySpelling(path);
            reject(request, isHidden ? HostCheck.unknown(host) : nothing(), false);
            return;
        }
        Endpoints.Found found = server.site().endpoints().find(request.method().name(), path);
        if (found instanceof Endpoints.Match match) {
            var context = new RequestContext(request, server);
            exposed(context, match.plan(), () -> run(context, match));
        } else if (found instanceof Endpoints.Malformed malformed) {
            var context = new RequestContext(request, server);
            exposed(context, malformed.plan(), () -> {
                throw new MusterException(ErrorType.BAD_INPUT, malformed.detail());
            });
        } else if (found instanceof Endpoints.OtherMethods other) {
            otherMethod(new RequestContext(request, server), other, path);
        } else if (mayBeOfPlan(path)) {
            nothing(new RequestContext(request, server));
        } else {
            api.handle(request);
        }
    }

    /** Rejects a request. Body parts that arrive in the same turn are read first: a malformed body is the more specific error. */
    private void reject(HttpServerRequest request, MusterException why, boolean closes) {
        var context = new RequestContext(request, server);
        if (closes) {
            context.closeAfterResponse();
        }
        if (context.hasBody()) {
            server.loop().execute(() -> context.failed(why));
        } else {
            context.failed(why);
        }
    }

    /** Continues if the caller may run the plan. For all others the path is not found. */
    private static void exposed(RequestContext context, Plan plan, Runnable action) {
        Future<?> known = plan.isPublic() ? Future.succeededFuture() : context.identified();
        context.then(known, done -> {
            if (!mayRun(context, plan)) {
                throw nothing();
            }
            action.run();
        });
    }

    /** Whether a path without an endpoint must look like one that the caller may not use, which is so if callers are configured. */
    private boolean mayBeOfPlan(String path) {
        return path.startsWith("/")
                && !Endpoints.isReserved(path)
                && !server.site().offer().callers().isEmpty();
    }

    private static void nothing(RequestContext context) {
        context.then(context.identified(), known -> {
            throw nothing();
        });
    }

    private static MusterException nothing() {
        return new MusterException(ErrorType.NOT_FOUND, Api.NOTHING);
    }

    private static void run(RequestContext context, Endpoints.Match match) {
        if (PlanRequest.isRepeat(context)) {
            PlanRequest.rejectRepeat(context);
            return;
        }
        Program program = Objects.requireNonNull(
                context.site().offer().programs().get(match.plan().name()));
        ResponseFormat format = PlanRequest.format(context);
        context.readDeadline();
        PlanRequest.checkRoom(context);
        context.then(
                context.hasBody() ? context.body() : NO_BODY,
                body -> context.then(
                        input(context, match, body),
                        input -> PlanRequest.run(context, program, input, format, Duration.ZERO)));
    }

    /** Builds the input from path, query and body. Large bodies are parsed off the loop. */
    private static Future<Map<String, @Nullable Object>> input(
            RequestContext context, Endpoints.Match match, Buffer body) {
        String query = context.request().query();
        InputBinding binding = match.binding();
        if (body.length() == 0) {
            return Future.succeededFuture(binding.bind(match.values(), query));
        }
        return RequestJson.read(context, body, memory -> binding.bind(match.values(), query, body.getBytes(), memory));
    }

    /** Whether the caller may run the plan. A public plan needs no grant, so anonymous callers may run it. */
    private static boolean mayRun(RequestContext context, Plan plan) {
        return plan.isPublic() || context.caller().mayRun(plan.name());
    }

    /** Responds to a method without an endpoint. {@code Allow} lists only methods of plans that the caller may run. */
    private static void otherMethod(RequestContext context, Endpoints.OtherMethods other, String path) {
        boolean isOpen = !allowed(context, other, path).isEmpty();
        context.then(isOpen ? Future.succeededFuture() : context.identified(), known -> {
            List<String> allowed = allowed(context, other, path);
            if (allowed.isEmpty()) {
                throw nothing();
            }
            context.problem(
                    ProblemDetails.otherMethods(context.request().method().name(), allowed));
        });
    }

    private static List<String> allowed(RequestContext context, Endpoints.OtherMethods other, String path) {
        Endpoints endpoints = context.site().endpoints();
        return other.allowed().stream()
                .filter(method -> {
                    Endpoints.Found found = endpoints.find(method, path);
                    return found instanceof Endpoints.Match match && mayRun(context, match.plan())
                            || found instanceof Endpoints.Malformed malformed && mayRun(context, malformed.plan());
                })
                .toList();
    }
}
