package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Checkpoints;
import dev.muster.run.Event;
import dev.muster.run.Program;
import dev.muster.run.RunFailure;
import dev.muster.run.RunListener;
import dev.muster.service.JsonBody;
import dev.muster.service.ManagedRun;
import dev.muster.service.RunRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan for a request and responds with the result. The run is cancelled if the caller leaves. Runs on the loop of the
 * request.
 */
final class PlanRequest {

    static final CharSequence LAST_EVENT_ID = HttpHeaders.createOptimized("last-event-id");

    private static final CharSequence PARTIAL = HttpHeaders.createOptimized("muster-partial");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence TRACESTATE = HttpHeaders.createOptimized("tracestate");

    private PlanRequest() {}

    /**
     * The format of the response. Checked before any work is done.
     *
     * @throws MusterException with status 406 if the caller accepts no available format
     */
    static ResponseFormat format(RequestContext context) throws MusterException {
        ResponseFormat format = ResponseFormat.of(context.request());
        ContentCoding.check(
                context.request(),
                format == ResponseFormat.OUTPUT && context.server().settings().compression());
        return format;
    }

    /** Checks that the run would be admitted, if the caller waits for a 100 response before it sends the input. */
    static void checkRoom(RequestContext context) throws MusterException {
        if (BodyReader.expectsContinue(context.request())) {
            context.server().runManager().checkRoom(context.caller());
        }
    }

    /**
     * Whether the request resumes an event stream, as an EventSource does when its stream ends or breaks. The events of a run that
     * is not detached are not kept, and running the plan again would repeat its effects.
     */
    static boolean isRepeat(RequestContext context) {
        return context.request().headers().contains(LAST_EVENT_ID);
    }

    /**
     * Rejects a resumed request. An EventSource gets 204, the only status that makes it stop without an error; other clients get an
     * error.
     */
    static void rejectRepeat(RequestContext context) {
        HttpMethod method = context.request().method();
        boolean isEventSource = (method == HttpMethod.GET || method == HttpMethod.HEAD)
                && ResponseFormat.of(context.request()) == ResponseFormat.EVENTS;
        if (isEventSource) {
            context.empty(204);
            return;
        }
        throw new MusterException(
                ErrorType.BAD_INPUT,
                "Last-Event-ID: the events of this run are not kept, and the plan is not run again; only events of runs"
                        + " with ?detach=true are kept, at /v1/runs/{id}/events");
    }

    /** Runs a plan that the caller may run, and responds in this format. {@code spent} of its time limit has passed already. */
    static void run(
            RequestContext context, Program program, @Nullable Object input, ResponseFormat format, Duration spent) {
        if (format != ResponseFormat.OUTPUT && context.request().method() == HttpMethod.HEAD) {
            // The head of an event stream does not depend on the run.
            EventWriter.head(context, format == ResponseFormat.EVENTS);
            return;
        }
        ManagedRun run;
        if (format == ResponseFormat.OUTPUT) {
            var response = new OutputResponse(context);
            run = take(context, program, input, spent, response, false);
            response.admitted(run);
        } else {
            var response = new EventsResponse(context, format == ResponseFormat.EVENTS);
            run = take(context, program, input, spent, response, false);
        }
        context.onLeft(run::cancel);
    }

    /** Runs a plan and responds at once with the location of its events. */
    static void detach(RequestContext context, Program program, @Nullable Object input, Duration spent) {
        ManagedRun run = take(context, program, input, spent, event -> {}, true);
        context.setRunId(run.id());
        context.response().putHeader("location", "/v1/runs/" + run.id());
        context.json(202, Map.of("run", run.id()));
    }

    /** The JSON value of a body; an empty body is an empty object. */
    static Future<@Nullable Object> parsed(RequestContext context, Buffer body) {
        return body.length() == 0 ? Future.succeededFuture(Map.of()) : RequestJson.read(context, body);
    }

    private static @Nullable String tracestate(HttpServerRequest request) {
        List<String> all = request.headers().getAll(TRACESTATE);
        return all.isEmpty() ? null : String.join(",", all);
    }

    private static ManagedRun take(
            RequestContext context,
            Program program,
            @Nullable Object input,
            Duration spent,
            RunListener listener,
            boolean detached) {
        String traceparent = context.request().getHeader(TRACEPARENT);
        String tracestate = traceparent == null ? null : tracestate(context.request());
        var request = new RunRequest(
                context.caller(),
                input,
                detached,
                traceparent,
                tracestate,
                Checkpoints.NOTHING,
                listener,
                context.memory(),
                spent,
                context.deadline());
        return context.server().runManager().take(context.site().offer(), context.loop(), program, request);
    }

    /** Responds with the output of a run once it has ended. Runs on the run's loop. */
    private static final class OutputResponse implements RunListener {

        private final RequestContext context;
        private @Nullable ManagedRun run;

        OutputResponse(RequestContext context) {
            this.context = context;
        }

        /** The run has been admitted. The only event before this call is the start of the run. */
        void admitted(ManagedRun admitted) {
            run = admitted;
            context.setRunId(admitted.id());
        }

        @Override
        public void event(Event event) {
            if (event instanceof Event.End end) {
                end(end, Objects.requireNonNull(run));
            }
        }

        private void end(Event.End end, ManagedRun admitted) {
            RunFailure failure = end.failure();
            if (failure != null) {
                context.problem(ProblemDetails.of(failure, admitted.id()));
                return;
            }
            String partial = admitted.partial();
            if (!partial.isEmpty()) {
                context.response().putHeader(PARTIAL, partial);
            }
            context.json(200, end.output());
        }
    }

    /**
     * Responds with the events of a run as they happen. Back-pressure: if the caller does not read, the run starts no further items and
     * reads no further rows. Runs on the run's loop.
     */
    private static final class EventsResponse implements RunListener {

        private final RequestContext context;
        private final boolean sse;
        private @Nullable EventWriter writer;
        private long number;

        EventsResponse(RequestContext context, boolean sse) {
            this.context = context;
            this.sse = sse;
        }

        @Override
        public boolean takesItems() {
            return true;
        }

        @Override
        public void event(Event event) {
            if (event instanceof Event.Start start) {
                context.setRunId(start.run());
            }
            number++;
            writer().event(number, event.word(), JsonBody.of(event.toValue()));
            if (event instanceof Event.End) {
                writer().end(context);
            }
        }

        @Override
        public Future<Void> room() {
            return writer().room();
        }

        private EventWriter writer() {
            if (writer == null) {
                writer = new EventWriter(context.response(), context.loop(), sse);
            }
            return writer;
        }
    }
}
