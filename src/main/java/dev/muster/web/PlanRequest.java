package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Checkpoints;
import dev.muster.run.Program;
import dev.muster.run.RunListener;
import dev.muster.service.ManagedRun;
import dev.muster.service.RunRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan for a request and responds with the result. The run is cancelled if the caller leaves. Runs on the loop of the
 * request.
 */
final class PlanRequest {

    private PlanRequest() {}

    /**
     * The format of the response. Checked before any work is done.
     *
     * @throws MusterException with status 406 if the caller accepts no available format
     */
    static ResponseFormat form(RequestContext incoming) throws MusterException {
        ResponseFormat form = ResponseFormat.of(incoming.request());
        ContentCoding.check(
                incoming.request(),
                form == ResponseFormat.OUTPUT && incoming.desk().settings().compression());
        return form;
    }

    /** Checks that the run would be admitted, if the caller waits for a 100 response before it sends the input. */
    static void checkRoom(RequestContext incoming) throws MusterException {
        if (BodyReader.isAsked(incoming.request())) {
            incoming.desk().runManager().checkRoom(incoming.caller());
        }
    }

    /**
     * Whether the request resumes an event stream, as an EventSource does when its stream ends or breaks. The events of a run that
     * is not detached are not kept, and running the plan again would repeat its effects.
     */
    static boolean isRepeat(RequestContext incoming) {
        return incoming.request().headers().contains(HeaderNames.LAST_EVENT_ID);
    }

    /**
     * Rejects a resumed request. An EventSource gets 204, the only status that makes it stop without an error; other clients get an
     * error.
     */
    static void refuseRepeat(RequestContext incoming) {
        HttpMethod method = incoming.request().method();
        boolean isEventSource = (method == HttpMethod.GET || method == HttpMethod.HEAD)
                && ResponseFormat.of(incoming.request()) == ResponseFormat.EVENTS;
        if (isEventSource) {
            incoming.empty(204);
            return;
        }
        throw new MusterException(
                ErrorType.BAD_INPUT,
                "Last-Event-ID: the events of this run are not kept, and the plan is not run again; only events of runs"
                        + " with ?detach=true are kept, at /v1/runs/{id}/events");
    }

    /** Runs a plan that the caller may run, and responds in this format. */
    static void run(RequestContext incoming, Program program, @Nullable Object input, ResponseFormat form) {
        run(incoming, program, input, form, Duration.ZERO);
    }

    /** Runs a plan; {@code spent} of the run's time limit has passed already. */
    static void run(
            RequestContext incoming, Program program, @Nullable Object input, ResponseFormat form, Duration spent) {
        if (form != ResponseFormat.OUTPUT && incoming.request().method() == HttpMethod.HEAD) {
            // The head of an event stream does not depend on the run.
            EventWriter.head(incoming, form == ResponseFormat.EVENTS);
            return;
        }
        RunAnswer answer = switch (form) {
            case OUTPUT -> new OutputAnswer(incoming);
            case LINES -> new EventsAnswer(incoming, false);
            case EVENTS -> new EventsAnswer(incoming, true);
        };
        ManagedRun run = take(incoming, program, input, spent, answer, false);
        answer.taken(run);
        incoming.whenLeft(run::cancel);
    }

    /** Runs a plan and responds at once with the location of its events. */
    static void detach(RequestContext incoming, Program program, @Nullable Object input, Duration spent) {
        ManagedRun run = take(incoming, program, input, spent, event -> {}, true);
        incoming.isRun(run.id());
        incoming.response().putHeader("location", "/v1/runs/" + run.id());
        incoming.json(202, Map.of("run", run.id()));
    }

    /** The JSON value of a body; an empty body is an empty object. */
    static Future<@Nullable Object> parsed(RequestContext incoming, Buffer body) {
        return body.length() == 0 ? Future.succeededFuture(Map.of()) : RequestJson.read(incoming, body);
    }

    private static @Nullable String tracestate(HttpServerRequest request) {
        List<String> all = request.headers().getAll(HeaderNames.TRACESTATE);
        return all.isEmpty() ? null : String.join(",", all);
    }

    private static ManagedRun take(
            RequestContext incoming,
            Program program,
            @Nullable Object input,
            Duration spent,
            RunListener listener,
            boolean detached) {
        String traceparent = incoming.request().getHeader(HeaderNames.TRACEPARENT);
        String tracestate = traceparent == null ? null : tracestate(incoming.request());
        var request = new RunRequest(
                incoming.caller(),
                input,
                detached,
                traceparent,
                tracestate,
                Checkpoints.NOTHING,
                listener,
                incoming.memory(),
                spent,
                incoming.deadline());
        return incoming.desk().runManager().take(incoming.site().offer(), incoming.loop(), program, request);
    }
}
