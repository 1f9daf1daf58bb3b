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
import org.jspecify.annotations.Nullable;

/** The routes for whole queues. A caller sees the queues that it may use. Runs on the loop of the request. */
final class QueuesApi {

    private static final int MAX_REDRIVEN = 1_000_000;

    private QueuesApi() {}

    /** {@code GET /v1/queues}. A queue whose store does not respond is listed with its error. */
    static void list(RequestContext incoming, RoutingContext path) {
        List<Map<String, @Nullable Object>> lines = new ArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (JobQueue queue : incoming.desk().node().queues().queues(incoming.caller())) {
            Future<Map<String, @Nullable Object>> line = queue.status()
                    .map(JobJsonWriter::status)
                    .otherwise(failure -> JobJsonWriter.unavailable(queue, failure, incoming.seesDetails()));
            all = all.compose(done -> line).map(known -> {
                lines.add(known);
                return null;
            });
        }
        incoming.then(all, done -> incoming.json(200, Map.of("queues", lines)));
    }

    /** {@code GET /v1/queues/{name}}. */
    static void status(RequestContext incoming, RoutingContext path) {
        answer(incoming, queue(incoming, path));
    }

    /** {@code POST /v1/queues/{name}/close}: rejects further puts; the jobs in the queue are still processed. */
    static void close(RequestContext incoming, RoutingContext path) {
        turn(incoming, queue(incoming, path), JobQueue::close);
    }

    /** {@code POST /v1/queues/{name}/reopen}. */
    static void reopen(RequestContext incoming, RoutingContext path) {
        turn(incoming, queue(incoming, path), JobQueue::reopen);
    }

    /** {@code POST /v1/queues/{name}/pause}: takes return no jobs. */
    static void pause(RequestContext incoming, RoutingContext path) {
        turn(incoming, queue(incoming, path), JobQueue::pause);
    }

    /** {@code POST /v1/queues/{name}/resume}. */
    static void resume(RequestContext incoming, RoutingContext path) {
        turn(incoming, queue(incoming, path), JobQueue::resume);
    }

    /** {@code POST /v1/queues/{name}/join}: waits until all jobs have finished. */
    static void join(RequestContext incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = queue(incoming, path);
        Duration wait = wait(incoming, query);
        // The body is read although it is not used: the connection is kept open only after that.
        incoming.then(incoming.body(), none -> {
            PendingRequest<Boolean> answer =
                    incoming.desk().node().queues().join(incoming.loop(), queue, incoming.within(wait));
            incoming.whenLeft(answer.giveUp());
            incoming.then(answer.future(), joined -> incoming.json(200, JobJsonWriter.joined(joined)));
        });
    }

    /** {@code POST /v1/queues/{name}/redrive}: makes dead jobs ready again. */
    static void redrive(RequestContext incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = queue(incoming, path);
        int max = query.value(
                "max",
                text -> JobJsonReader.count("max", ApiQuery.whole("max", text), MAX_REDRIVEN, MAX_REDRIVEN),
                MAX_REDRIVEN);
        query.check();
        incoming.then(queue.redrive(max), count -> incoming.json(200, Map.of("redriven", (long) count)));
    }

    /**
     * Reads the time to wait, checks the query and reads the deadline headers. Call after all other query parameters have been
     * read.
     */
    static Duration wait(RequestContext incoming, ApiQuery query) {
        Duration wait = query.value("wait", JobJsonReader::wait, Duration.ZERO);
        query.check();
        incoming.readDeadline();
        return wait;
    }

    static JobQueue queue(RequestContext incoming, RoutingContext path) {
        return incoming.desk().node().queues().queue(path.pathParam("name"), incoming.caller());
    }

    private interface Turn {
        Future<Void> of(JobQueue queue);
    }

    private static void turn(RequestContext incoming, JobQueue queue, Turn turn) {
        incoming.then(turn.of(queue), done -> answer(incoming, queue));
    }

    private static void answer(RequestContext incoming, JobQueue queue) {
        incoming.then(queue.status(), status -> incoming.json(200, JobJsonWriter.status(status)));
    }
}
