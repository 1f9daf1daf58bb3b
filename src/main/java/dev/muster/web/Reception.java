package dev.muster.web;

import dev.muster.dispatch.Dispatcher;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
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
        String path = request.path();
        Endpoints.Found found;
        try {
            found = desk.site().endpoints().find(request.method().name(), path == null ? "" : path);
        } catch (MusterException e) {
            new Incoming(request, desk).failed(e);
            return;
        }
        if (found instanceof Endpoints.Match match) {
            exposed(new Incoming(request, desk), match);
        } else if (found instanceof Endpoints.OtherMethods other) {
            otherMethod(new Incoming(request, desk), other);
        } else {
            api.handle(request);
        }
    }

    private void exposed(Incoming incoming, Endpoints.Match match) {
        Future<?> known = match.plan().isPublic() ? Future.succeededFuture() : incoming.identified();
        incoming.then(known, done -> {
            Program program = program(incoming, match.plan());
            incoming.then(incoming.hasBody() ? incoming.body() : NO_BODY, body -> run(incoming, match, program, body));
        });
    }

    private static void run(Incoming incoming, Endpoints.Match match, Program program, Buffer body) {
        InputBinding binding = match.binding();
        String query = incoming.request().query();
        if (body.length() == 0) {
            PlanRequest.run(incoming, program, binding.bind(match.values(), query));
        } else {
            incoming.then(
                    RequestJson.read(incoming, body),
                    value -> PlanRequest.run(incoming, program, binding.bind(match.values(), query, value)));
        }
    }

    private static Program program(Incoming incoming, Plan plan) {
        // What is public needs no grant, and so a stranger may run it who may nothing else.
        return plan.isPublic()
                ? Objects.requireNonNull(incoming.site().offer().programs().get(plan.name()))
                : Dispatcher.program(incoming.site().offer(), plan.name(), incoming.caller());
    }

    private static void otherMethod(Incoming incoming, Endpoints.OtherMethods other) {
        incoming.problem(ProblemDetails.otherMethods(incoming.request().method().name(), other.allowed()));
    }
}
