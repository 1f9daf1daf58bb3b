package dev.muster.web;

import dev.muster.dispatch.Dispatcher;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where every request comes in: an endpoint of a plan, or the API beside them. On the loop of its server. */
final class Reception implements Handler<HttpServerRequest> {

    private static final Future<Buffer> NO_BODY = Future.succeededFuture(Buffer.buffer(0));

    private final Desk desk;
    private final Handler<HttpServerRequest> api;
    private final Cors cors;
    private final DoorCheck door;

    Reception(Desk desk, Handler<HttpServerRequest> api, Cors cors, DoorCheck door) {
        this.desk = desk;
        this.api = api;
        this.cors = cors;
        this.door = door;
    }

    @Override
    public void handle(HttpServerRequest request) {
        Authority host;
        try {
            host = DoorCheck.authority(request);
            door.checkOrigin(request, host);
        } catch (MusterException e) {
            refuse(request, e, e.type() == ErrorType.BAD_INPUT);
            return;
        }
        if (cors.isPreflight(request)) {
            new Incoming(request, desk).empty(204);
            return;
        }
        String path = request.path() == null ? "" : request.path();
        Endpoints.Found found;
        try {
            // Where nothing is, nothing is to be kept from anyone.
            if (desk.site().offer().callers().isEmpty()
                    && !door.isKnown(host)
                    && desk.site().endpoints().answers(path)) {
                throw DoorCheck.unknown(host);
            }
            found = desk.site().endpoints().find(request.method().name(), path);
        } catch (MusterException e) {
            refuse(request, e, false);
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

    /** What comes of a body in the same turn is looked at first: that it is no HTTP says more than that it may not be here. */
    private void refuse(HttpServerRequest request, MusterException why, boolean closes) {
        var incoming = new Incoming(request, desk);
        if (closes) {
            incoming.closes();
        }
        if (incoming.hasBody()) {
            desk.loop().execute(() -> incoming.failed(why));
        } else {
            incoming.failed(why);
        }
    }

    private void exposed(Incoming incoming, Endpoints.Match match) {
        Future<?> known = match.plan().isPublic() ? Future.succeededFuture() : incoming.identified();
        incoming.then(known, done -> {
            Program program = program(incoming, match.plan());
            if (PlanRequest.isRepeat(incoming)) {
                PlanRequest.refuseRepeat(incoming);
                return;
            }
            Accepted form = PlanRequest.form(incoming);
            PlanRequest.checkRoom(incoming);
            incoming.then(
                    incoming.hasBody() ? incoming.body() : NO_BODY,
                    body -> PlanRequest.run(incoming, program, input(incoming, match, body), form));
        });
    }

    private static Map<String, @Nullable Object> input(Incoming incoming, Endpoints.Match match, Buffer body) {
        String query = incoming.request().query();
        return body.length() == 0
                ? match.binding().bind(match.values(), query)
                : match.binding().bindText(match.values(), query, body.getBytes());
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
