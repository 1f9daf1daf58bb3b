package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.loop.Futures;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.NewJob;
import dev.muster.queue.PutResult;
import dev.muster.queue.Queues;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The access of callers to the queues of a node, shared by HTTP and the event bus: permissions and bounded waits. Safe on any
 * thread; a wait is a task on the loop of the request.
 */
public final class QueueService {

    /** The maximum time that a caller can wait for room or for jobs. */
    public static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** The maximum total length of the job bodies in one answer, in characters; the first job is returned whatever its size. */
    private static final long MAX_TAKEN_CHARS = 16L << 20;

    private static final int MAX_LISTED = 20;

    private final Queues queues;
    private final Map<Loop, Tasks> tasks = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** Access to these queues. */
    public QueueService(Queues queues) {
        this.queues = queues;
    }

    /**
     * The queue of this name. A caller without permission does not learn whether the queue exists.
     *
     * @throws MusterException {@code notFound} or {@code denied}
     */
    public JobQueue queue(String name, Caller caller) {
        if (!caller.mayUseQueue(name)) {
            throw new MusterException(
                    ErrorType.DENIED,
                    caller.name() + " may not use the queue " + name + " (callers: may: {queues: [" + name + "]})");
        }
        JobQueue queue = queues.find(name).orElse(null);
        if (queue == null) {
            List<String> others = queues(caller).stream()
                    .map(other -> other.settings().name())
                    .limit(MAX_LISTED)
                    .toList();
            throw new MusterException(
                    ErrorType.NOT_FOUND,
                    "there is no such queue" + (others.isEmpty() ? "" : "; there are " + String.join(", ", others)));
        }
        return queue;
    }

    /** Whether the node has a queue of this name. */
    public boolean has(String name) {
        return queues.find(name).isPresent();
    }

    /** The queues that the caller may use. */
    public List<JobQueue> queues(Caller caller) {
        return queues.all().stream()
                .filter(queue -> caller.mayUseQueue(queue.settings().name()))
                .toList();
    }

    /** Puts jobs. Waits at most {@code wait} for room. The results are in the order of the jobs. */
    public PendingRequest<List<ItemResult<PutResult>>> put(
            Loop loop, JobQueue queue, List<NewJob> jobs, Duration wait) {
        String name = queue.settings().name();
        if (wait.isZero() || stopped) {
            return PendingRequest.now(queue.tryPutAll(jobs).map(parts -> putResults(name, parts)));
        }
        Promise<List<ItemResult<PutResult>>> answer = Promise.promise();
        Task<List<ItemResult<PutResult>>> task = tasks(loop)
                .start(
                        "put into " + name,
                        scope ->
                                queue.putAll(scope, jobs).onSuccess(parts -> answer.complete(putResults(name, parts))));
        // The task ended without results, for example by a time-out before it reached the queue.
        task.withTimeout(wait)
                .onEnd(ended -> answer.tryComplete(Collections.nCopies(
                        jobs.size(), JobErrors.put(name, null, ended.outcome().failure()))));
        return waiting(answer, task);
    }

    /** Takes up to {@code max} jobs. Waits at most {@code wait} for the first one; the result is empty if there is none. */
    public PendingRequest<List<Job>> take(Loop loop, JobQueue queue, int max, Duration wait) {
        if (wait.isZero() || stopped) {
            return PendingRequest.now(queue.tryTake(max).map(jobs -> bounded(queue, jobs)));
        }
        Promise<List<Job>> answer = Promise.promise();
        Task<List<Job>> task =
                tasks(loop).start("take from " + queue.settings().name(), scope -> taken(scope, queue, max, answer));
        task.withTimeout(wait).onEnd(ended -> answer.tryComplete(List.of()));
        return waiting(answer, task);
    }

    /** Waits at most {@code wait} until no job is scheduled, ready or leased. The result is whether that happened. */
    public PendingRequest<Boolean> join(Loop loop, JobQueue queue, Duration wait) {
        String name = queue.settings().name();
        if (wait.isZero()) {
            return PendingRequest.now(
                    queue.status().map(status -> status.counts().unfinished() == 0));
        }
        if (stopped) {
            return PendingRequest.now(Future.failedFuture(JobErrors.stopping()));
        }
        Promise<Boolean> answer = Promise.promise();
        Task<Void> task = tasks(loop)
                .start(
                        "join " + name,
                        scope -> queue.join(scope).onComplete((none, failure) -> {
                            if (failure == null) {
                                answer.complete(true);
                            } else if (isTimeout(failure)) {
                                answer.complete(false);
                            } else {
                                answer.fail(JobErrors.ofWait(name, failure));
                            }
                        }));
        task.withTimeout(wait).onEnd(ended -> answer.tryComplete(false));
        return waiting(answer, task);
    }

    /** Releases jobs that could not be delivered to the caller. */
    public void giveBack(JobQueue queue, List<Job> jobs) {
        jobs.forEach(queue::release);
    }

    /** Applies the operations of lease holders. One result for each operation, in their order. */
    public Future<List<ItemResult<Settled>>> settle(JobQueue queue, List<Settle> settles) {
        return queue.settleAll(settles)
                .map(parts -> parts.stream().map(JobErrors::settled).toList());
    }

    /**
     * Ends all waits: takes return no jobs, puts and joins fail with {@code unavailable}. Later puts and takes do not wait.
     * Completes when all waits have ended.
     */
    public Future<Void> stop() {
        stopped = true;
        return Futures.whenAllEnd(tasks.values().stream().map(Tasks::close));
    }

    private Future<List<Job>> taken(Scope scope, JobQueue queue, int max, Promise<List<Job>> answer) {
        return queue.take(scope, max).map(jobs -> bounded(queue, jobs)).onComplete((jobs, failure) -> {
            if (failure == null) {
                answer.complete(jobs);
            } else if (isOver(failure)) {
                answer.complete(List.of());
            } else {
                answer.fail(JobErrors.ofWait(queue.settings().name(), failure));
            }
        });
    }

    /** The first jobs, as many as fit one answer. The others are released. */
    private List<Job> bounded(JobQueue queue, List<Job> jobs) {
        long chars = 0;
        for (int i = 0; i < jobs.size(); i++) {
            chars += jobs.get(i).body().length();
            if (i > 0 && chars > MAX_TAKEN_CHARS) {
                giveBack(queue, jobs.subList(i, jobs.size()));
                return jobs.subList(0, i);
            }
        }
        return jobs;
    }

    private static List<ItemResult<PutResult>> putResults(String queue, List<ItemResult<PutResult>> parts) {
        var results = new ArrayList<ItemResult<PutResult>>(parts.size());
        for (ItemResult<PutResult> part : parts) {
            results.add(JobErrors.put(queue, part.result(), part.failure()));
        }
        return results;
    }

    /** Whether a wait ended by its time-out. */
    private static boolean isTimeout(Throwable failure) {
        return failure instanceof CancelledException cancelled
                && cancelled.reason().kind() == CancelReason.Kind.TIMEOUT;
    }

    /** Whether a wait ended by its time-out or by the node, rather than by the caller. */
    private static boolean isOver(Throwable failure) {
        return failure instanceof CancelledException cancelled
                && cancelled.reason().kind() != CancelReason.Kind.CALLER;
    }

    private <T> PendingRequest<T> waiting(Promise<T> answer, Task<?> task) {
        if (stopped) {
            // stop() ran after the check above and can have missed this task.
            task.cancel(CancelReason.shutdown("the node stops"));
        }
        return new PendingRequest<>(answer.future(), task::cancel);
    }

    private Tasks tasks(Loop loop) {
        Tasks known = tasks.get(loop);
        return known != null ? known : tasks.computeIfAbsent(loop, Tasks::on);
    }
}
