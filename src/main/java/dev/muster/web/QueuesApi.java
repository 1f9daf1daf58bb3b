package dev.muster.web;

import dev.muster.queue.JobQueue;
import dev.muster.service.JobJsonReader;
import dev.muster.service.JobJsonWriter;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The routes for whole queues. A caller sees the queues that it may use. Runs on the loop of the request. */
final class QueuesApi {

    private static final int MAX_REDRIVEN = 1_000_000;

    private QueuesApi() {}

    /** {@code GET /v1/queues}. A queue whose store does not respond is listed with its error. */
    static void list(RequestContext context, RoutingContext routing) {
        List<Map<String, @Nullable Object>> lines = new ArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (JobQueue queue : context.server().node().queues().queues(context.caller())) {
            Future<Map<String, @Nullable Object>> line = queue.status()
                    .map(JobJsonWriter::status)
                    .otherwise(failure -> JobJsonWriter.unavailable(queue, failure, context.seesDetails()));
            all = all.compose(done -> line).map(known -> {
                lines.add(known);
                return null;
            });
        }
        context.then(all, done -> context.json(200, Map.of("queues", lines)));
    }

    static void status(RequestContext context, RoutingContext routing) {
        respondStatus(context, queue(context, routing));
    }

    /** Changes the state of a queue: closed, reopened, paused or resumed. Responds with its status. */
    static void change(RequestContext context, RoutingContext routing, Function<JobQueue, Future<Void>> change) {
        JobQueue queue = queue(context, routing);
        context.then(change.apply(queue), done -> respondStatus(context, queue));
    }

    /** {@code POST /v1/queues/{name}/join}: waits until all jobs have finished. */
    static void join(RequestContext context, RoutingContext routing, ApiQuery query) {
        JobQueue queue = queue(context, routing);
        Duration wait = wait(context, query);
        // The body is read although it is not used: the connection is kept open only after that.
        context.then(context.body(), none -> {
            PendingRequest<Boolean> pending =
                    context.server().node().queues().join(context.loop(), queue, context.within(wait));
            context.onLeft(pending.giveUp());
            context.then(pending.future(), joined -> context.json(200, JobJsonWriter.joined(joined)));
        });
    }

    /** {@code POST /v1/queues/{name}/redrive}: makes dead jobs ready again. */
    static void redrive(RequestContext context, RoutingContext routing, ApiQuery query) {
        JobQueue queue = queue(context, routing);
        int max = query.value(
                "max",
                text -> JobJsonReader.count("max", ApiQuery.whole("max", text), MAX_REDRIVEN, MAX_REDRIVEN),
                MAX_REDRIVEN);
        query.check();
        context.then(queue.redrive(max), count -> context.json(200, Map.of("redriven", (long) count)));
    }

    /**
     * Reads the time to wait, checks the query and reads the deadline headers. Call after all other query parameters have been
     * read.
     */
    static Duration wait(RequestContext context, ApiQuery query) {
        Duration wait = query.value("wait", JobJsonReader::wait, Duration.ZERO);
        query.check();
        context.readDeadline();
        return wait;
    }

    static JobQueue queue(RequestContext context, RoutingContext routing) {
        return context.server().node().queues().queue(routing.pathParam("name"), context.caller());
    }

    private static void respondStatus(RequestContext context, JobQueue queue) {
        context.then(queue.status(), status -> context.json(200, JobJsonWriter.status(status)));
    }
}
