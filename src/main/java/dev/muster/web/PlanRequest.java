package dev.muster.web;

import dev.muster.dispatch.RunRequest;
import dev.muster.dispatch.TakenRun;
import dev.muster.run.Program;
import dev.muster.run.RunListener;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a plan for a request and answers it; a caller who leaves before takes the run along. On the loop of the request. */
final class PlanRequest {

    private PlanRequest() {}

    /** Runs a plan that the caller may run, and answers in the form that it accepts. */
    static void run(Incoming incoming, Program program, @Nullable Object input) {
        run(incoming, program, input, Duration.ZERO);
    }

    /** The same, where so much of the run's time was spent before. */
    static void run(Incoming incoming, Program program, @Nullable Object input, Duration spent) {
        RunAnswer answer = switch (Accepted.of(incoming.request().getHeader(HeaderNames.ACCEPT))) {
            case OUTPUT -> new OutputAnswer(incoming);
            case LINES -> new EventsAnswer(incoming, false);
            case EVENTS -> new EventsAnswer(incoming, true);
        };
        TakenRun run = take(incoming, program, input, spent, answer, false);
        answer.taken(run);
        incoming.whenLeft(run::cancel);
    }

    /** Runs it, and answers at once with where its events are to be had. */
    static void detach(Incoming incoming, Program program, @Nullable Object input, Duration spent) {
        TakenRun run = take(incoming, program, input, spent, event -> {}, true);
        incoming.isRun(run.id());
        incoming.response().putHeader("location", "/v1/runs/" + run.id());
        incoming.json(202, Map.of("run", run.id()));
    }

    /** Whether the caller wants the run to go on without it. */
    static boolean isDetached(HttpServerRequest request) {
        return "true".equals(request.getParam("detach"));
    }

    /** The JSON value of a body; nothing at all is an empty object. */
    static Future<@Nullable Object> parsed(Incoming incoming, Buffer body) {
        return body.length() == 0 ? Future.succeededFuture(Map.of()) : RequestJson.read(incoming, body);
    }

    private static @Nullable String tracestate(HttpServerRequest request) {
        List<String> all = request.headers().getAll(HeaderNames.TRACESTATE);
        return all.isEmpty() ? null : String.join(",", all);
    }

    private static TakenRun take(
            Incoming incoming,
            Program program,
            @Nullable Object input,
            Duration spent,
            RunListener listener,
            boolean detached) {
        String traceparent = incoming.request().getHeader(HeaderNames.TRACEPARENT);
        String tracestate = traceparent == null ? null : tracestate(incoming.request());
        var request = new RunRequest(incoming.caller(), input, detached, traceparent, tracestate, listener)
                .holding(incoming.memory())
                .after(spent);
        return incoming.desk().dispatcher().take(incoming.site().offer(), incoming.loop(), program, request);
    }
}
