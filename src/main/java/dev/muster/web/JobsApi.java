package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Settle;
import dev.muster.run.MemoryBudget;
import dev.muster.service.JobErrors;
import dev.muster.service.JobJsonReader;
import dev.muster.service.JobJsonWriter;
import dev.muster.service.PendingRequest;
import dev.muster.service.QueueService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routes for the jobs of a queue. Runs on the loop of the request. */
final class JobsApi {

    private static final int USUAL_LISTED = 100;

    private JobsApi() {}

    /** {@code POST /v1/queues/{name}/jobs}: puts one job, or several as a list or as lines. */
    static void put(RequestContext context, RoutingContext routing, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(context, routing);
        Duration wait = QueuesApi.wait(context, query);
        context.then(context.body(), body -> {
            boolean isSingle = isSingle(context, body);
            context.then(jobs(context, body, isSingle), jobs -> put(context, queue, jobs, isSingle, wait));
        });
    }

    private static void put(
            RequestContext context, JobQueue queue, List<NewJob> jobs, boolean isSingle, Duration wait) {
        PendingRequest<List<ItemResult<PutResult>>> pending =
                queues(context).put(context.loop(), queue, jobs, context.within(wait));
        context.onLeft(pending.giveUp());
        context.then(pending.future(), all -> {
            if (isSingle) {
                respondOne(context, queue, all.get(0));
            } else {
                respondAll(context, all);
            }
        });
    }

    static void take(RequestContext context, RoutingContext routing, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(context, routing);
        int max = query.value("max", text -> JobJsonReader.max(ApiQuery.whole("max", text)), 1);
        Duration wait = QueuesApi.wait(context, query);
        // The body is read although it is not used: the connection is kept open only after that.
        context.then(context.body(), none -> take(context, queue, max, wait));
    }

    private static void take(RequestContext context, JobQueue queue, int max, Duration wait) {
        PendingRequest<List<Job>> pending = queues(context).take(context.loop(), queue, max, context.within(wait));
        context.onLeft(pending.giveUp());
        context.then(pending.future(), jobs -> {
            if (context.isGone()) {
                queues(context).giveBack(queue, jobs);
            } else {
                context.json(200, JobJsonWriter.taken(jobs, queue.settings().lease()));
            }
        });
    }

    static void job(RequestContext context, RoutingContext routing) {
        JobQueue queue = QueuesApi.queue(context, routing);
        context.then(
                queue.find(routing.pathParam("id")),
                job -> context.json(200, JobJsonWriter.job(job.orElseThrow(JobErrors::noSuchJob))));
    }

    /** {@code GET /v1/queues/{name}/jobs?state=dead}: one page of the jobs in a state, ordered by id. */
    static void list(RequestContext context, RoutingContext routing, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(context, routing);
        JobState state = query.value("state", JobJsonReader::state, JobState.READY);
        int limit = query.value(
                "limit",
                text -> JobJsonReader.count("limit", ApiQuery.whole("limit", text), USUAL_LISTED, JobStore.MAX_LISTED),
                USUAL_LISTED);
        String after = query.text("after", text -> JobJsonReader.id("after", text));
        query.check();
        context.then(queue.list(state, after, limit), jobs -> context.json(200, JobJsonWriter.listed(jobs)));
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/redrive}: makes a dead job ready again. */
    static void redrive(RequestContext context, RoutingContext routing) {
        JobQueue queue = QueuesApi.queue(context, routing);
        context.then(queue.redrive(routing.pathParam("id")), verdict -> {
            JobErrors.require(verdict, queue.settings().name());
            context.empty(204);
        });
    }

    /** {@code DELETE /v1/queues/{name}/jobs/{id}}: cancels a job at once, or asks its worker to cancel it. */
    static void cancel(RequestContext context, RoutingContext routing) {
        JobQueue queue = QueuesApi.queue(context, routing);
        context.then(queue.cancel(routing.pathParam("id")), verdict -> {
            JobErrors.require(verdict);
            context.empty(204);
        });
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/ack}, and likewise {@code fail}, {@code extend} and {@code release}. */
    static void settle(RequestContext context, RoutingContext routing, String word) {
        JobQueue queue = QueuesApi.queue(context, routing);
        String id = routing.pathParam("id");
        context.then(
                context.body(),
                body -> context.then(withId(context, body, id), settlement -> {
                    Settle settle = JobJsonReader.settle(word, settlement);
                    context.then(queues(context).settle(queue, List.of(settle)), answers -> {
                        Throwable failure = answers.get(0).failure();
                        if (failure == null) {
                            context.empty(204);
                        } else {
                            context.failed(failure);
                        }
                    });
                }));
    }

    private static void respondOne(RequestContext context, JobQueue queue, ItemResult<PutResult> item) {
        PutResult result = item.result();
        if (item.failure() != null) {
            context.failed(item.failure());
        } else if (result != null && !context.isGone()) {
            context.response()
                    .putHeader("location", "/v1/queues/" + queue.settings().name() + "/jobs/" + result.id());
            context.json(isNew(item) ? 201 : 200, Map.of("id", String.valueOf(result.id())));
        }
    }

    private static boolean isNew(ItemResult<PutResult> item) {
        return item.result() != null && item.result().verdict() == PutResult.Verdict.ACCEPTED;
    }

    /** Responds with one result for each job, or with the first error if all failed. */
    private static void respondAll(RequestContext context, List<ItemResult<PutResult>> answers) {
        Throwable first = answers.get(0).failure();
        if (first != null && answers.stream().allMatch(answer -> answer.failure() != null)) {
            context.failed(first);
            return;
        }
        boolean isNew = answers.stream().anyMatch(JobsApi::isNew);
        context.json(isNew ? 201 : 200, JobJsonWriter.put(answers));
    }

    private static QueueService queues(RequestContext context) {
        return context.server().node().queues();
    }

    /** Whether a body is a single job, rather than a list or lines of jobs. */
    private static boolean isSingle(RequestContext context, Buffer body) {
        if (isLines(context)) {
            return false;
        }
        for (int i = 0; i < body.length(); i++) {
            byte next = body.getByte(i);
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next != '[';
            }
        }
        return true;
    }

    /** Parses the jobs of a body. Large bodies are parsed off the loop. */
    private static Future<List<NewJob>> jobs(RequestContext context, Buffer body, boolean isSingle) {
        boolean isLines = isLines(context);
        return RequestJson.read(context, body, memory -> {
            if (isLines) {
                return lines(memory, body.getBytes());
            }
            Object value = RequestJson.parse(memory, body);
            return isSingle ? List.of(JobJsonReader.job(value)) : JobJsonReader.eachOf(value, JobJsonReader::job);
        });
    }

    /** Parses jobs from lines. Blank lines are skipped; errors name the line, from 1. */
    private static List<NewJob> lines(MemoryBudget.Share memory, byte[] body) {
        List<Line> lines = new ArrayList<>();
        int number = 1;
        for (int from = 0; from < body.length; number++) {
            int end = from;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            if (!isBlank(body, from, end)) {
                lines.add(new Line(number, from, end - from));
            }
            from = end + 1;
        }
        JobJsonReader.jobs(lines);
        return lines.stream().map(line -> job(memory, body, line)).toList();
    }

    private static NewJob job(MemoryBudget.Share memory, byte[] body, Line line) {
        Object value = RequestJson.parse(memory, body, line.from, line.length, line.number);
        return JobJsonReader.at("line " + line.number + ": ", () -> JobJsonReader.job(value));
    }

    private record Line(int number, int from, int length) {}

    private static boolean isBlank(byte[] body, int from, int end) {
        for (int i = from; i < end; i++) {
            if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /** Parses a body and adds the job id from the path. The body must not contain an id. Large bodies are parsed off the loop. */
    private static Future<Map<String, @Nullable Object>> withId(RequestContext context, Buffer body, String id) {
        return RequestJson.read(context, body).map(value -> withId(value, id));
    }

    private static Map<String, @Nullable Object> withId(@Nullable Object body, String id) {
        if (!(body instanceof Map<?, ?> map) || map.containsKey("id")) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body must be {lease, …}");
        }
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        map.forEach((word, entry) -> value.put(String.valueOf(word), entry));
        value.put("id", id);
        return value;
    }

    private static boolean isLines(RequestContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-ndjson");
    }
}
