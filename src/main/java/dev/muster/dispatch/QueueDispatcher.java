package dev.muster.dispatch;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.NewJob;
import dev.muster.queue.Part;
import dev.muster.queue.PutResult;
import dev.muster.queue.Queues;
import dev.muster.queue.Settle;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one door through which callers come to the queues of a node, whatever brings them: who may, and for how long they wait.
 * Safe on every thread; waits are on the loop of who waits.
 */
public final class QueueDispatcher {

    /** The longest that a caller waits for room or for jobs. */
    public static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** What jobs that are handed out together may have in their bodies, unless it is one alone. */
    private static final long MOST_TAKEN_CHARS = 16L << 20;

    private static final int MOST_LISTED = 20;

    private final Queues queues;
    private final Map<Loop, Tasks> tasks = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** To these. */
    public QueueDispatcher(Queues queues) {
        this.queues = queues;
    }

    /**
     * A queue that the caller may use. Of one that it may not use it does not hear whether it is there.
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
                    .map(one -> one.settings().name())
                    .limit(MOST_LISTED)
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

    /** Puts jobs, each of which waits for room so long at most; the answers are in the order of the jobs. */
    public QueueAnswer<List<PutAnswer>> put(Loop loop, JobQueue queue, List<NewJob> jobs, Duration wait) {
        String name = queue.settings().name();
        if (wait.isZero() || stopped) {
            return QueueAnswer.now(queue.tryPutAll(jobs).map(parts -> PutAnswer.all(name, parts)));
        }
        Promise<List<PutAnswer>> answer = Promise.promise();
        Task<List<Part<PutResult>>> task = tasks(loop)
                .start(
                        "put into " + name,
                        scope -> queue.putAll(scope, jobs)
                                .onSuccess(parts -> answer.complete(PutAnswer.all(name, parts))));
        // Those that never came to the queue found no room in their time.
        task.withTimeout(wait)
                .onEnd(ended -> answer.tryComplete(Collections.nCopies(
                        jobs.size(), PutAnswer.of(name, null, ended.outcome().failure()))));
        return waiting(answer, task);
    }

    /** Takes jobs, and waits for the first so long at most; none if there is none. */
    public QueueAnswer<List<Job>> take(Loop loop, JobQueue queue, int max, Duration wait) {
        if (wait.isZero() || stopped) {
            return QueueAnswer.now(queue.tryTake(max).map(jobs -> bounded(queue, jobs)));
        }
        Promise<List<Job>> answer = Promise.promise();
        Task<List<Job>> task =
                tasks(loop).start("take from " + queue.settings().name(), scope -> taken(scope, queue, max, answer));
        task.withTimeout(wait).onEnd(ended -> answer.tryComplete(List.of()));
        return waiting(answer, task);
    }

    /** Waits so long at most until no job is scheduled, ready or leased; whether that came about. */
    public QueueAnswer<Boolean> join(Loop loop, JobQueue queue, Duration wait) {
        String name = queue.settings().name();
        if (wait.isZero()) {
            return QueueAnswer.now(queue.status().map(status -> status.counts().unfinished() == 0));
        }
        if (stopped) {
            return QueueAnswer.now(Future.failedFuture(PutAnswer.stopping()));
        }
        Promise<Boolean> answer = Promise.promise();
        Task<Void> task = tasks(loop)
                .start(
                        "join " + name,
                        scope -> queue.join(scope).onComplete((none, failure) -> {
                            if (failure == null) {
                                answer.complete(true);
                            } else if (PutAnswer.isTimeout(failure)) {
                                answer.complete(false);
                            } else {
                                answer.fail(PutAnswer.error(name, failure));
                            }
                        }));
        task.withTimeout(wait).onEnd(ended -> answer.tryComplete(false));
        return waiting(answer, task);
    }

    /** Gives jobs back that could not be handed over. */
    public void giveBack(JobQueue queue, List<Job> jobs) {
        jobs.forEach(queue::release);
    }

    /** Does what holders of leases say; a verdict or a failure each, in their order. */
    public Future<List<SettleAnswer>> settle(JobQueue queue, List<Settle> settles) {
        return queue.settleAll(settles)
                .map(parts -> parts.stream()
                        .map(part -> SettleAnswer.of(part.result(), part.failure()))
                        .toList());
    }

    /** Lets nobody wait any more and ends all waits: takes get nothing, puts are sent away. Completes when all have ended. */
    public Future<Void> stop() {
        stopped = true;
        Future<Void> all = Future.succeededFuture();
        for (Tasks one : tasks.values()) {
            Future<Void> closed = one.close();
            all = all.eventually(() -> closed);
        }
        return all;
    }

    private Future<List<Job>> taken(Scope scope, JobQueue queue, int max, Promise<List<Job>> answer) {
        return queue.take(scope, max).map(jobs -> bounded(queue, jobs)).onComplete((jobs, failure) -> {
            if (failure == null) {
                answer.complete(jobs);
            } else if (PutAnswer.isOver(failure)) {
                answer.complete(List.of());
            } else {
                answer.fail(PutAnswer.error(queue.settings().name(), failure));
            }
        });
    }

    /** As many of them as fit one answer; the others go back to their places. */
    private List<Job> bounded(JobQueue queue, List<Job> jobs) {
        long chars = 0;
        for (int i = 0; i < jobs.size(); i++) {
            chars += jobs.get(i).body().length();
            if (i > 0 && chars > MOST_TAKEN_CHARS) {
                giveBack(queue, jobs.subList(i, jobs.size()));
                return jobs.subList(0, i);
            }
        }
        return jobs;
    }

    private <T> QueueAnswer<T> waiting(Promise<T> answer, Task<?> task) {
        if (stopped) {
            // It came in between, and may have been overlooked.
            task.cancel(CancelReason.shutdown("the node stops"));
        }
        return new QueueAnswer<>(answer.future(), task::cancel);
    }

    private Tasks tasks(Loop loop) {
        Tasks known = tasks.get(loop);
        return known != null ? known : tasks.computeIfAbsent(loop, Tasks::on);
    }
}
