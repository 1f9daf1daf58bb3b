package dev.muster.web;

import dev.muster.dispatch.JobValues;
import dev.muster.dispatch.JobVerdicts;
import dev.muster.dispatch.JobWords;
import dev.muster.dispatch.PutAnswer;
import dev.muster.dispatch.QueueAnswer;
import dev.muster.dispatch.QueueDispatcher;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.JobStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.Settle;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The routes for the jobs of a queue. Runs on the loop of the request. */
final class JobsApi {

    private static final int USUAL_LISTED = 100;

    private JobsApi() {}

    /** {@code POST /v1/queues/{name}/jobs}: puts one job, or several as a list or as lines. */
    static void put(Incoming incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        Duration wait = QueuesApi.wait(incoming, query);
        incoming.then(incoming.body(), body -> {
            boolean isOne = JobRequest.isOne(incoming, body);
            incoming.then(JobRequest.jobs(incoming, body, isOne), jobs -> put(incoming, queue, jobs, isOne, wait));
        });
    }

    private static void put(Incoming incoming, JobQueue queue, List<NewJob> jobs, boolean isOne, Duration wait) {
        QueueAnswer<List<PutAnswer>> answer = queues(incoming).put(incoming.loop(), queue, jobs, incoming.within(wait));
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
    static void take(Incoming incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        int max = query.value("max", text -> JobWords.max(ApiQuery.whole("max", text)), 1);
        Duration wait = QueuesApi.wait(incoming, query);
        // The body is read although it is not used: the connection is kept open only after that.
        incoming.then(incoming.body(), none -> take(incoming, queue, max, wait));
    }

    private static void take(Incoming incoming, JobQueue queue, int max, Duration wait) {
        QueueAnswer<List<Job>> answer = queues(incoming).take(incoming.loop(), queue, max, incoming.within(wait));
        incoming.whenLeft(answer.giveUp());
        incoming.then(answer.future(), jobs -> {
            if (incoming.isGone()) {
                queues(incoming).giveBack(queue, jobs);
            } else {
                incoming.json(200, JobValues.taken(jobs, queue.settings().lease()));
            }
        });
    }

    /** {@code GET /v1/queues/{name}/jobs/{id}}. */
    static void job(Incoming incoming, RoutingContext path) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        incoming.then(
                queue.find(path.pathParam("id")),
                job -> incoming.json(200, JobValues.job(job.orElseThrow(JobVerdicts::noSuchJob))));
    }

    /** {@code GET /v1/queues/{name}/jobs?state=dead}: one page of the jobs in a state, ordered by id. */
    static void list(Incoming incoming, RoutingContext path, ApiQuery query) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        JobState state = query.value("state", JobWords::state, JobState.READY);
        int limit = query.value(
                "limit",
                text -> JobWords.count("limit", ApiQuery.whole("limit", text), USUAL_LISTED, JobStore.MOST_LISTED),
                USUAL_LISTED);
        String after = query.text("after", text -> JobWords.id("after", text));
        query.check();
        incoming.then(queue.list(state, after, limit), jobs -> incoming.json(200, JobValues.listed(jobs)));
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/redrive}: makes a dead job ready again. */
    static void redrive(Incoming incoming, RoutingContext path) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        incoming.then(queue.redrive(path.pathParam("id")), verdict -> {
            JobVerdicts.require(verdict, queue.settings().name());
            incoming.empty(204);
        });
    }

    /** {@code DELETE /v1/queues/{name}/jobs/{id}}: cancels a job at once, or asks its worker to cancel it. */
    static void cancel(Incoming incoming, RoutingContext path) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        incoming.then(queue.cancel(path.pathParam("id")), verdict -> {
            JobVerdicts.require(verdict);
            incoming.empty(204);
        });
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/ack}. */
    static void ack(Incoming incoming, RoutingContext path) {
        settle(incoming, path, "ack");
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/fail}. */
    static void fail(Incoming incoming, RoutingContext path) {
        settle(incoming, path, "fail");
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/extend}. */
    static void extend(Incoming incoming, RoutingContext path) {
        settle(incoming, path, "extend");
    }

    /** {@code POST /v1/queues/{name}/jobs/{id}/release}. */
    static void release(Incoming incoming, RoutingContext path) {
        settle(incoming, path, "release");
    }

    private static void settle(Incoming incoming, RoutingContext path, String how) {
        JobQueue queue = QueuesApi.queue(incoming, path);
        String id = path.pathParam("id");
        incoming.then(
                incoming.body(),
                body -> incoming.then(JobRequest.withId(incoming, body, id), said -> {
                    Settle settle = JobWords.settle(how, said);
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

    private static void answerOne(Incoming incoming, JobQueue queue, PutAnswer answer) {
        if (answer.failure() != null) {
            incoming.failed(answer.failure());
        } else if (!incoming.isGone()) {
            incoming.response()
                    .putHeader("location", "/v1/queues/" + queue.settings().name() + "/jobs/" + answer.id());
            incoming.json(answer.existing() ? 200 : 201, Map.of("id", String.valueOf(answer.id())));
        }
    }

    /** Responds with one result for each job, or with the first error if all failed. */
    private static void answerAll(Incoming incoming, List<PutAnswer> answers) {
        Throwable first = answers.get(0).failure();
        if (first != null && answers.stream().allMatch(answer -> answer.failure() != null)) {
            incoming.failed(first);
            return;
        }
        boolean isNew = answers.stream().anyMatch(answer -> answer.failure() == null && !answer.existing());
        incoming.json(isNew ? 201 : 200, JobValues.put(answers));
    }

    private static QueueDispatcher queues(Incoming incoming) {
        return incoming.desk().node().queues();
    }
}
