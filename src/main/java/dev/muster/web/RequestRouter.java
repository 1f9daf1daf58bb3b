package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The router of all requests: to the endpoint of a plan, or to the API. Runs on the loop of its server. */
final class RequestRouter implements Handler<HttpServerRequest> {

    private static final Future<Buffer> NO_BODY = Future.succeededFuture(Buffer.buffer(0));

    private final ServerContext desk;
    private final Handler<HttpServerRequest> api;
    private final Cors cors;
    private final HostCheck door;

    RequestRouter(ServerContext desk, Handler<HttpServerRequest> api, Cors cors, HostCheck door) {
        this.desk = desk;
        this.api = api;
        this.cors = cors;
        this.door = door;
    }

    @Override
    public void handle(HttpServerRequest request) {
        Authority host;
        try {
            host = door.authority(request);
            door.checkOrigin(request, host);
        } catch (MusterException e) {
            refuse(request, e, e.type() == ErrorType.BAD_INPUT);
            return;
        }
        if (cors.isPreflight(request)) {
            new RequestContext(request, desk).empty(204);
            return;
        }
        String path = request.path() == null ? "" : request.path();
        if (desk.site().offer().callers().isEmpty() && !door.isKnown(host)) {
            // A path that nothing serves is reported as not found, which reveals nothing. No route is tried, whatever
            // the spelling
            // of the path.
            boolean isHidden = desk.site().endpoints().answersAnySpelling(path);
            refuse(request, isHidden ? HostCheck.unknown(host) : nothing(), false);
            return;
        }
        Endpoints.Found found = desk.site().endpoints().find(request.method().name(), path);
        if (found instanceof Endpoints.Match match) {
            var incoming = new RequestContext(request, desk);
            exposed(incoming, match.plan(), () -> run(incoming, match));
        } else if (found instanceof Endpoints.Malformed malformed) {
            var incoming = new RequestContext(request, desk);
            exposed(incoming, malformed.plan(), () -> {
                throw new MusterException(ErrorType.BAD_INPUT, malformed.detail());
            });
        } else if (found instanceof Endpoints.OtherMethods other) {
            otherMethod(new RequestContext(request, desk), other, path);
        } else if (mayBeOfPlan(path)) {
            nothing(new RequestContext(request, desk));
        } else {
            api.handle(request);
        }
    }

    /** Rejects a request. Body parts that arrive in the same turn are read first: a malformed body is the more specific error. */
    private void refuse(HttpServerRequest request, MusterException why, boolean closes) {
        var incoming = new RequestContext(request, desk);
        if (closes) {
            incoming.closes();
        }
        if (incoming.hasBody()) {
            desk.loop().execute(() -> incoming.failed(why));
        } else {
            incoming.failed(why);
        }
    }

    /** Continues if the caller may run the plan. For all others the path is not found. */
    private static void exposed(RequestContext incoming, Plan plan, Runnable act) {
        Future<?> known = plan.isPublic() ? Future.succeededFuture() : incoming.identified();
        incoming.then(known, done -> {
            if (!mayRun(incoming, plan)) {
                throw nothing();
            }
            act.run();
        });
    }

    /** Whether a path without an endpoint must look like one that the caller may not use, which is so if callers are configured. */
    private boolean mayBeOfPlan(String path) {
        return path.startsWith("/")
                && !ReservedPaths.has(path)
                && !desk.site().offer().callers().isEmpty();
    }

    private static void nothing(RequestContext incoming) {
        incoming.then(incoming.identified(), known -> {
            throw nothing();
        });
    }

    private static MusterException nothing() {
        return new MusterException(ErrorType.NOT_FOUND, Api.NOTHING);
    }

    private static void run(RequestContext incoming, Endpoints.Match match) {
        if (PlanRequest.isRepeat(incoming)) {
            PlanRequest.refuseRepeat(incoming);
            return;
        }
        Program program = Objects.requireNonNull(
                incoming.site().offer().programs().get(match.plan().name()));
        ResponseFormat form = PlanRequest.form(incoming);
        incoming.readDeadline();
        PlanRequest.checkRoom(incoming);
        incoming.then(
                incoming.hasBody() ? incoming.body() : NO_BODY,
                body -> incoming.then(
                        input(incoming, match, body), input -> PlanRequest.run(incoming, program, input, form)));
    }

    /** Builds the input from path, query and body. Large bodies are parsed off the loop. */
    private static Future<Map<String, @Nullable Object>> input(
            RequestContext incoming, Endpoints.Match match, Buffer body) {
        String query = incoming.request().query();
        InputBinding binding = match.binding();
        if (body.length() == 0) {
            return Future.succeededFuture(binding.bind(match.values(), query));
        }
        return RequestJson.read(
                incoming, body, memory -> binding.bindText(match.values(), query, body.getBytes(), memory));
    }

    /** Whether the caller may run the plan. A public plan needs no grant, so anonymous callers may run it. */
    private static boolean mayRun(RequestContext incoming, Plan plan) {
        return plan.isPublic() || incoming.caller().mayRun(plan.name());
    }

    /** Responds to a method without an endpoint. {@code Allow} lists only methods of plans that the caller may run. */
    private static void otherMethod(RequestContext incoming, Endpoints.OtherMethods other, String path) {
        boolean isOpen = !allowed(incoming, other, path).isEmpty();
        incoming.then(isOpen ? Future.succeededFuture() : incoming.identified(), known -> {
            List<String> allowed = allowed(incoming, other, path);
            if (allowed.isEmpty()) {
                throw nothing();
            }
            incoming.problem(
                    ProblemDetails.otherMethods(incoming.request().method().name(), allowed));
        });
    }

    private static List<String> allowed(RequestContext incoming, Endpoints.OtherMethods other, String path) {
        Endpoints endpoints = incoming.site().endpoints();
        return other.allowed().stream()
                .filter(method -> {
                    Endpoints.Found found = endpoints.find(method, path);
                    return found instanceof Endpoints.Match match && mayRun(incoming, match.plan())
                            || found instanceof Endpoints.Malformed malformed && mayRun(incoming, malformed.plan());
                })
                .toList();
    }
}
