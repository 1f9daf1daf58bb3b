package dev.muster.cli.queue;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Queues;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import dev.muster.service.CallerError;
import dev.muster.service.JobErrors;
import dev.muster.service.JobJsonWriter;
import dev.muster.service.PendingRequest;
import dev.muster.service.QueueService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Queues opened in this process, without a node and without callers: access to the database permits everything. */
final class StoreQueueAdmin implements QueueAdmin {

    private final String name;
    private final QueueService queues;
    private final Loop loop;

    /**
     * Creates the access to these queues.
     *
     * @param name the place of the queues, for messages
     * @param loop the loop for waiting operations
     */
    StoreQueueAdmin(String name, Queues queues, Loop loop) {
        this.name = name;
        this.queues = new QueueService(queues);
        this.loop = loop;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Future<List<Map<String, @Nullable Object>>> queues() {
        List<Map<String, @Nullable Object>> lines = new ArrayList<>();
        Future<?> all = Future.succeededFuture();
        for (JobQueue queue : queues.queues(Caller.everyone())) {
            Future<Map<String, @Nullable Object>> line = queue.status()
                    .map(JobJsonWriter::status)
                    .otherwise(failure -> JobJsonWriter.unavailable(queue, failure, true));
            all = all.compose(before -> line).onSuccess(lines::add);
        }
        return withError(all.map(done -> lines));
    }

    @Override
    public Future<Map<String, @Nullable Object>> queue(String queue) {
        return in(queue, opened -> opened.status().map(JobJsonWriter::status));
    }

    @Override
    public Future<List<PutOutcome>> put(String queue, List<NewJob> jobs, Duration wait) {
        return in(queue, opened -> queues.put(loop, opened, jobs, wait).future().compose(StoreQueueAdmin::outcomes));
    }

    @Override
    public PendingRequest<List<Map<String, @Nullable Object>>> take(String queue, int max, Duration wait) {
        try {
            JobQueue from = open(queue);
            PendingRequest<List<Job>> request = queues.take(loop, from, max, wait);
            return new PendingRequest<>(withError(request.future().map(jobs -> taken(from, jobs))), request.giveUp());
        } catch (MusterException e) {
            return new PendingRequest<>(Future.failedFuture(e), reason -> {});
        }
    }

    @Override
    public Future<@Nullable Void> ack(String queue, String id, String lease) {
        return settle(queue, new Settle.Ack(id, lease, null));
    }

    @Override
    public Future<@Nullable Void> release(String queue, String id, String lease) {
        return settle(queue, new Settle.Release(id, lease));
    }

    @Override
    public Future<Map<String, @Nullable Object>> job(String queue, String id) {
        return in(
                queue, opened -> opened.find(id).map(job -> JobJsonWriter.job(job.orElseThrow(JobErrors::noSuchJob))));
    }

    @Override
    public Future<List<Map<String, @Nullable Object>>> jobs(
            String queue, JobState state, @Nullable String after, int limit) {
        return in(
                queue,
                opened -> opened.list(state, after, limit)
                        .map(jobs -> jobs.stream().map(JobJsonWriter::job).toList()));
    }

    @Override
    public Future<Long> redrive(String queue, int max) {
        return in(queue, opened -> opened.redrive(max).map(Integer::longValue));
    }

    @Override
    public Future<@Nullable Void> redrive(String queue, String id) {
        return in(
                queue,
                opened -> opened.redrive(id).map(verdict -> {
                    JobErrors.require(verdict, queue);
                    return null;
                }));
    }

    @Override
    public Future<@Nullable Void> cancel(String queue, String id) {
        return in(
                queue,
                opened -> opened.cancel(id).map(verdict -> {
                    JobErrors.require(verdict);
                    return null;
                }));
    }

    @Override
    public Future<Map<String, @Nullable Object>> change(String queue, Switch change) {
        return in(queue, opened -> switch (change) {
                    case PAUSE -> opened.pause();
                    case RESUME -> opened.resume();
                    case CLOSE -> opened.close();
                    case REOPEN -> opened.reopen();
                })
                .compose(done -> queue(queue));
    }

    /** Ends all waits. The queues are closed by their opener. */
    @Override
    public Future<@Nullable Void> close() {
        return queues.stop();
    }

    private Future<@Nullable Void> settle(String queue, Settle settle) {
        return in(
                queue,
                opened -> queues.settle(opened, List.of(settle)).compose(answers -> {
                    ItemResult<Settled> answer = answers.get(0);
                    return answer.failure() == null
                            ? Future.<@Nullable Void>succeededFuture()
                            : Future.failedFuture(answer.failure());
                }));
    }

    private JobQueue open(String queue) {
        return queues.queue(queue, Caller.everyone());
    }

    private <T extends @Nullable Object> Future<T> in(String queue, Function<JobQueue, Future<T>> operation) {
        try {
            return withError(operation.apply(open(queue)));
        } catch (MusterException e) {
            return Future.failedFuture(e);
        }
    }

    private static <T extends @Nullable Object> Future<T> withError(Future<T> answer) {
        return answer.recover(failure -> Future.failedFuture(error(failure)));
    }

    private static MusterException error(Throwable failure) {
        return CallerError.of(failure, null, null).error();
    }

    /** As a node responds: if every job failed, the request failed. */
    private static Future<List<PutOutcome>> outcomes(List<ItemResult<PutResult>> answers) {
        List<PutOutcome> outcomes =
                answers.stream().map(StoreQueueAdmin::outcome).toList();
        return outcomes.stream().allMatch(outcome -> outcome.failure() != null)
                ? Future.failedFuture(Objects.requireNonNull(outcomes.get(0).failure()))
                : Future.succeededFuture(outcomes);
    }

    private static PutOutcome outcome(ItemResult<PutResult> answer) {
        PutResult result = answer.result();
        return result == null
                ? new PutOutcome(null, false, answer.failure() == null ? null : error(answer.failure()))
                : new PutOutcome(result.id(), result.verdict() == PutResult.Verdict.EXISTING, null);
    }

    @SuppressWarnings("unchecked") // jobs are JSON objects
    private static List<Map<String, @Nullable Object>> taken(JobQueue queue, List<Job> jobs) {
        Object list = JobJsonWriter.taken(jobs, queue.settings().lease()).get("jobs");
        return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(list);
    }
}
