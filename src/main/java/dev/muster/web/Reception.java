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
import java.util.Objects;

/** Where every request comes in: an endpoint of a plan, or the API beside them. On the loop of its server. */
final class Reception implements Handler<HttpServerRequest> {

    private static final Future<Buffer> NO_BODY = Future.succeededFuture(Buffer.buffer(0));

    private final Desk desk;
    private final Handler<HttpServerRequest> api;
    private final Cors cors;

    Reception(Desk desk, Handler<HttpServerRequest> api, Cors cors) {
        this.desk = desk;
        this.api = api;
        this.cors = cors;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (cors.isPreflight(request)) {
            new Incoming(request, desk).empty(204);
            return;
        }
        String path = request.path() == null ? "" : request.path();
        Endpoints.Found found = desk.site().endpoints().find(request.method().name(), path);
        if (found instanceof Endpoints.Match match) {
            var incoming = new Incoming(request, desk);
            exposed(incoming, match.plan(), () -> run(incoming, match));
        } else if (found instanceof Endpoints.Malformed malformed) {
            var incoming = new Incoming(request, desk);
            exposed(incoming, malformed.plan(), () -> {
                throw new MusterException(ErrorType.BAD_INPUT, malformed.detail());
            });
        } else if (found instanceof Endpoints.OtherMethods other) {
            otherMethod(new Incoming(request, desk), other, path);
        } else if (mayBeOfPlan(path)) {
            nothing(new Incoming(request, desk));
        } else {
            api.handle(request);
        }
    }

    /** Goes on for who may run the plan. For everybody else there is nothing at the path. */
    private static void exposed(Incoming incoming, Plan plan, Runnable act) {
        Future<?> known = plan.isPublic() ? Future.succeededFuture() : incoming.identified();
        incoming.then(known, done -> {
            if (!mayRun(incoming, plan)) {
                throw nothing();
            }
            act.run();
        });
    }

    /** Whether a path without an endpoint must look as one that the caller may not use: where callers are configured. */
    private boolean mayBeOfPlan(String path) {
        return path.startsWith("/")
                && !ReservedPaths.has(path)
                && !desk.site().offer().callers().isEmpty();
    }

    private static void nothing(Incoming incoming) {
        incoming.then(incoming.identified(), known -> {
            throw nothing();
        });
    }

    private static MusterException nothing() {
        return new MusterException(ErrorType.NOT_FOUND, Api.NOTHING);
    }

    private static void run(Incoming incoming, Endpoints.Match match) {
        Program program = Objects.requireNonNull(
                incoming.site().offer().programs().get(match.plan().name()));
        incoming.then(incoming.hasBody() ? incoming.body() : NO_BODY, body -> run(incoming, match, program, body));
    }

    private static void run(Incoming incoming, Endpoints.Match match, Program program, Buffer body) {
        InputBinding binding = match.binding();
        String query = incoming.request().query();
        PlanRequest.run(
                incoming,
                program,
                body.length() == 0
                        ? binding.bind(match.values(), query)
                        : binding.bind(match.values(), query, RequestJson.parse(body)));
    }

    /** What is public needs no grant, and so a stranger may run it who may nothing else. */
    private static boolean mayRun(Incoming incoming, Plan plan) {
        return plan.isPublic() || incoming.caller().mayRun(plan.name());
    }

    /** Names those methods whose plans the caller may run, as if there were no others. */
    private static void otherMethod(Incoming incoming, Endpoints.OtherMethods other, String path) {
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

    private static List<String> allowed(Incoming incoming, Endpoints.OtherMethods other, String path) {
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
