package dev.muster.web;

import dev.muster.queue.ItemResult;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Settle;
import dev.muster.service.JobErrors;
import dev.muster.service.JobJsonReader;
import dev.muster.service.JobJsonWriter;
import dev.muster.service.PendingRequest;
import dev.muster.service.QueueService;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The routes for the jobs of a queue. Runs on the loop of the request. */
final class JobsApi {

    private static final int USUAL_LISTED = 100;

    private JobsApi() {}

    /** {@code POST /v1/queues/{name}/jobs}: puts one job, or several as a list or as lines. */
    static void put(RequestContext incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        Duration wait = QueuesApi.wait(incoming, query);
        incoming.then(incoming.body(), body -> {
            boolean isOne = JobRequest.isOne(incoming, body);
            incoming.then(JobRequest.jobs(incoming, body, isOne), jobs -> put(incoming, queue, jobs, isOne, wait));
        });
    }

    private static void put(RequestContext incoming, JobQueue queue, List<NewJob> jobs, boolean isOne, Duration wait) {
        PendingRequest<List<ItemResult<PutResult>>> answer =
                queues(incoming).put(incoming.loop(), queue, jobs, incoming.within(wait));
        incoming.whenLeft(answer.giveUp());
        incoming.then(answer.future(), all -> {
            if (isOne) {
                answerOne(incoming, queue, all.get(0));
            } else {
                answerAll(incoming, all);
            }
        });
    }

    /** {@code POST /v1/queues/{name}/take}. */
    static void take(RequestContext incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        int max = query.value("max", text -> JobJsonReader.max(ApiQuery.whole("max", text)), 1);
        Duration wait = QueuesApi.wait(incoming, query);
        // The body is read although it is not used: the connection is kept open only after that.
        incoming.then(incoming.body(), none -> take(incoming, queue, max, wait));
    }

    private static void take(RequestContext incoming, JobQueue queue, int max, Duration wait) {
        PendingRequest<List<Job>> answer = queues(incoming).take(incoming.loop(), queue, max, incoming.within(wait));
        incoming.whenLeft(answer.giveUp());
        incoming.then(answer.future(), jobs -> {
            if (incoming.isGone()) {
                queues(incoming).giveBack(queue, jobs);
            } else {
                incoming.json(200, JobJsonWriter.taken(jobs, queue.settings().lease()));
            }
        });
    }

    /** {@code GET /v1/queues/{name}/jobs/{id}}. */
    static void job(RequestContext incoming, RoutingContext path) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        incoming.then(
                queue.find(path.pathParam("id")),
                job -> incoming.json(200, JobJsonWriter.job(job.orElseThrow(JobErrors::noSuchJob))));
    }

    /** {@code GET /v1/queues/{name}/jobs?state=dead}: one page of the jobs in a state, ordered by id. */
    static void list(RequestContext incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        JobState state = query.value("state", JobJsonReader::state, JobState.READY);
        int limit = query.value(
                "limit",
                text -> JobJsonReader.count("limit", ApiQuery.whole("limit", text), USUAL_LISTED, JobStore.MAX_LISTED),
                USUAL_LISTED);
        String after = query.text("after", text -> JobJsonReader.id("after", text));
        query.check();
        incoming.then(queue.list(state, after, limit), jobs -> incoming.json(200, JobJsonWriter.listed(jobs)));
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/redrive}: makes a dead job ready again. */
    static void redrive(RequestContext incoming, RoutingContext path) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        incoming.then(queue.redrive(path.pathParam("id")), verdict -> {
            JobErrors.require(verdict, queue.settings().name());
            incoming.empty(204);
        });
    }

    /** {@code DELETE /v1/queues/{name}/jobs/{id}}: cancels a job at once, or asks its worker to cancel it. */
    static void cancel(RequestContext incoming, RoutingContext path) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        incoming.then(queue.cancel(path.pathParam("id")), verdict -> {
            JobErrors.require(verdict);
            incoming.empty(204);
        });
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/ack}. */
    static void ack(RequestContext incoming, RoutingContext path) {
        settle(incoming, path, "ack");
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/fail}. */
    static void fail(RequestContext incoming, RoutingContext path) {
        settle(incoming, path, "fail");
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/extend}. */
    static void extend(RequestContext incoming, RoutingContext path) {
        settle(incoming, path, "extend");
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/release}. */
    static void release(RequestContext incoming, RoutingContext path) {
        settle(incoming, path, "release");
    }

    private static void settle(RequestContext incoming, RoutingContext path, String how) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        String id = path.pathParam("id");
        incoming.then(
                incoming.body(),
                body -> incoming.then(JobRequest.withId(incoming, body, id), said -> {
                    Settle settle = JobJsonReader.settle(how, said);
                    incoming.then(queues(incoming).settle(queue, List.of(settle)), answers -> {
                        Throwable failure = answers.get(0).failure();
                        if (failure == null) {
                            incoming.empty(204);
                        } else {
                            incoming.failed(failure);
                        }
                    });
                }));
    }

    private static void answerOne(RequestContext incoming, JobQueue queue, ItemResult<PutResult> part) {
        PutResult result = part.result();
        if (part.failure() != null) {
            incoming.failed(part.failure());
        } else if (result != null && !incoming.isGone()) {
            incoming.response()
                    .putHeader("location", "/v1/queues/" + queue.settings().name() + "/jobs/" + result.id());
            incoming.json(isNew(part) ? 201 : 200, Map.of("id", String.valueOf(result.id())));
        }
    }

    /** Responds with one result for each job, or with the first error if all failed. */
    private static void answerAll(RequestContext incoming, List<ItemResult<PutResult>> answers) {
        Throwable first = answers.get(0).failure();
        if (first != null && answers.stream().allMatch(answer -> answer.failure() != null)) {
            incoming.failed(first);
            return;
        }
        boolean isNew = answers.stream().anyMatch(JobsApi::isNew);
        incoming.json(isNew ? 201 : 200, JobJsonWriter.put(answers));
    }

    private static boolean isNew(ItemResult<PutResult> part) {
        return part.result() != null && part.result().verdict() == PutResult.Verdict.ACCEPTED;
    }

    private static QueueService queues(RequestContext incoming) {
        return incoming.desk().node().queues();
    }
}
