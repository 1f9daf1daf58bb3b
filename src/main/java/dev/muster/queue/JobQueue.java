package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One queue on one node: the waiting side of a {@link JobStore}. A put waits for room and a take waits for jobs, both in order of
 * arrival; the store itself never waits.
 *
 * <p>The queue belongs to one loop and is safe on any thread. A scope waits on its own loop; every other future completes on the
 * queue's loop. A rejection is a {@link QueueException}; any other failure comes from the store. Requests that arrive while a
 * call to the store is in flight are sent together in the next call, so that a slow store gets few, large calls.
 *
 * <p>A put that is cancelled before its jobs were sent to the store leaves nothing behind; after that, it completes with the
 * store's result. A take that is cancelled releases its jobs unworked. At most 10,000 jobs wait to be put; at most 10,000 takes
 * and 10,000 joins wait.
 */
public final class JobQueue {

    /**
     * A snapshot of the counters of a queue on this node.
     *
     * @param waitingPuts number of jobs that wait to be sent to the store
     * @param waitingTakes number of takes that wait for jobs
     * @param joining number of callers that wait for all jobs to finish
     * @param settling number of settles that have not been sent to the store
     * @param watched number of leases that are watched for a cancel
     * @param accepted number of jobs accepted since the start
     * @param taken number of jobs handed to waiting takes since the start
     * @param settled number of settles that took effect since the start
     * @param storeCalls number of calls to the store since the start
     */
    public record Statistics(
            int waitingPuts,
            int waitingTakes,
            int joining,
            int settling,
            int watched,
            long accepted,
            long taken,
            long settled,
            long storeCalls) {}

    private static final int MAX_WAITING = 10_000;

    /** The maximum number of jobs in one take, and in one put. */
    public static final int MAX_TAKEN = 1_000;

    private final Loop loop;
    private final QueueSettings settings;
    private final StoreCalls store;
    private final CancelWatches watches = new CancelWatches();
    private final SettleBatcher settles;
    private final PutBatcher puts;
    private final TakeWaiters takes;
    private final QueueWait.Waiters<String, @Nullable Void> joins;
    private boolean closed;

    /** A queue over its store, which nothing else uses. Must be created on the loop, which is also the store's loop. */
    public JobQueue(Loop loop, QueueSettings settings, JobStore store) {
        this.loop = loop;
        this.settings = settings;
        this.store = new StoreCalls(settings.name(), store);
        this.settles = new SettleBatcher(this.store, watches);
        this.puts = new PutBatcher(loop, this.store, settings.name(), MAX_WAITING);
        this.takes = new TakeWaiters(this.store, settles, settings.name(), MAX_WAITING, () -> {
            if (closed) {
                look();
            }
        });
        this.joins = new QueueWait.Waiters<>(this.store, settings.name(), MAX_WAITING) {
            @Override
            void joined(QueueWait<String, @Nullable Void> wait) {
                look();
            }
        };
        store.listen(new Hints());
        look();
    }

    /** Returns the settings of the queue. */
    public QueueSettings settings() {
        return settings;
    }

    /**
     * Puts a job as soon as there is room. Completes with {@code ACCEPTED} or {@code EXISTING}. The body must be JSON; this is
     * not checked here.
     */
    public Future<PutResult> put(Scope scope, NewJob job) {
        return putAll(scope, List.of(job)).compose(JobQueue::only);
    }

    /**
     * Puts a job as soon as there is room.
     *
     * @param whenCancelled called on the scope's loop when a cancel arrives while the job waits or is on its way to the store
     */
    public Future<PutResult> put(Scope scope, NewJob job, Consumer<CancelReason> whenCancelled) {
        PutBatch batch = batch(List.of(job));
        if (batch.isDecided()) {
            return only(batch.parts());
        }
        var wait = new QueueWait<>(loop, puts, batch, scope);
        return scope.<List<ItemResult<PutResult>>>suspend("room in the queue " + settings.name(), waiter -> {
                    wait.park(waiter);
                    return reason -> {
                        whenCancelled.accept(reason);
                        return wait.undo(reason);
                    };
                })
                .compose(JobQueue::only);
    }

    /**
     * Puts jobs in their order, each as soon as there is room for it. Completes with the result of each job, in the order of the
     * jobs, once all are known. A cancel fails the jobs that have not been sent to the store.
     *
     * @param jobs at most {@value #MAX_TAKEN}
     */
    public Future<List<ItemResult<PutResult>>> putAll(Scope scope, List<NewJob> jobs) {
        PutBatch batch = batch(jobs);
        return batch.isDecided()
                ? Future.succeededFuture(batch.parts())
                : scope.suspend("room in the queue " + settings.name(), new QueueWait<>(loop, puts, batch, scope));
    }

    /** Puts a job if there is room and no other put waits; otherwise the result is {@code FULL}. Safe on any thread. */
    public Future<PutResult> tryPut(NewJob job) {
        return tryPutAll(List.of(job)).compose(JobQueue::only);
    }

    /**
     * Puts as many jobs as there is room for, if no other put waits. Completes with the result of each job, in the order of the
     * jobs. Safe on any thread.
     */
    public Future<List<ItemResult<PutResult>>> tryPutAll(List<NewJob> jobs) {
        PutBatch batch = batch(jobs);
        return batch.isDecided()
                ? Future.succeededFuture(batch.parts())
                : here(() -> {
                    Promise<List<ItemResult<PutResult>>> answer = Promise.promise();
                    puts.tryPut(batch, answer);
                    return answer.future();
                });
    }

    /**
     * Takes jobs: waits until at least one can be taken, then returns as many as are ready. Returns an empty list if the queue is
     * closed and has no unfinished job.
     *
     * @param max from 1 to {@value #MAX_TAKEN}
     */
    public Future<List<Job>> take(Scope scope, int max) {
        requireMax(max);
        return scope.suspend("jobs of the queue " + settings.name(), new QueueWait<>(loop, takes, max, scope))
                .compose(jobs -> {
                    CancelReason reason = scope.cancelReason();
                    if (reason == null) {
                        return Future.succeededFuture(jobs);
                    }
                    here(() -> {
                        settles.release(jobs);
                        return Future.succeededFuture();
                    });
                    return Future.failedFuture(new CancelledException(reason));
                });
    }

    /** Takes the jobs that are ready now. Returns an empty list if another take waits. Safe on any thread. */
    public Future<List<Job>> tryTake(int max) {
        requireMax(max);
        return here(() -> takes.waiting() > 0 ? Future.succeededFuture(List.of()) : store.taken(max));
    }

    /** Settles a leased job. The settles of one job take effect in the order in which they were submitted. Safe on any thread. */
    public Future<Settled> settle(Settle settle) {
        return settleAll(List.of(settle)).compose(JobQueue::only);
    }

    /** Settles leased jobs and completes with the result of each, in the same order. Safe on any thread. */
    public Future<List<ItemResult<Settled>>> settleAll(List<Settle> batch) {
        return here(() -> settles.settle(batch));
    }

    /** Acknowledges a job: it is done. */
    public Future<Settled> ack(Job job, @Nullable String output) {
        return settle(new Settle.Ack(job.id(), job.lease(), output));
    }

    /** Reports that this attempt failed. */
    public Future<Settled> fail(Job job, String error) {
        return settle(new Settle.Fail(job.id(), job.lease(), error, null, false));
    }

    /** Releases a job unworked. */
    public Future<Settled> release(Job job) {
        return settle(new Settle.Release(job.id(), job.lease()));
    }

    /** Extends the lease to at least this long from now. */
    public Future<Settled> extend(Job job, Duration by) {
        return settle(new Settle.Extend(job.id(), job.lease(), by));
    }

    /**
     * Watches a leased job for a cancel. {@code onCancel} runs on the queue's loop, once; immediately if the cancel was requested
     * already. The watch ends with a settle that ends the lease, or when the returned action runs.
     *
     * @return ends the watch; safe on any thread
     */
    public Runnable watch(Job job, Runnable onCancel) {
        run(() -> watches.watch(job, onCancel));
        return () -> run(() -> watches.over(job.lease()));
    }

    /** Cancels a job. */
    public Future<CancelVerdict> cancel(String id) {
        return ask(in -> in.cancel(List.of(id)).map(verdicts -> verdicts.get(0)));
    }

    /** Makes at most this many dead jobs ready again. Returns their number. */
    public Future<Integer> redrive(int max) {
        return ask(in -> in.redrive(max));
    }

    /** Makes one dead job ready again. */
    public Future<RedriveVerdict> redrive(String id) {
        return ask(in -> in.redrive(id));
    }

    /**
     * Lists jobs of a state in the order of their ids. Returns at most {@code limit} jobs, fewer if they are large. An empty list
     * is the end.
     *
     * @param after lists the jobs after this id; null for all jobs
     * @param limit from 1 to {@value JobStore#MAX_LISTED}
     */
    public Future<List<Job.View>> list(JobState state, @Nullable String after, int limit) {
        if (limit < 1 || limit > JobStore.MAX_LISTED) {
            throw new IllegalArgumentException("a list has 1 to " + JobStore.MAX_LISTED + " jobs, not " + limit);
        }
        return ask(in -> in.list(state, after, limit));
    }

    /** Returns a job, if the store still keeps it. */
    public Future<Optional<Job.View>> find(String id) {
        return ask(in -> in.find(id));
    }

    /** Returns the counts of the queue, and whether it is paused or closed. */
    public Future<QueueStatus> status() {
        return ask(JobStore::status);
    }

    /** Pauses the queue: takes get no jobs until {@link #resume}. */
    public Future<Void> pause() {
        return ask(JobStore::pause);
    }

    /** Resumes the queue: takes get jobs again. */
    public Future<Void> resume() {
        return ask(JobStore::resume);
    }

    /** Closes the queue: all puts are rejected, waiting ones too. Jobs already in the queue are still processed. */
    public Future<Void> close() {
        return here(() -> store.once(JobStore::close).onSuccess(done -> {
            closed = true;
            puts.room(Long.MAX_VALUE);
            look();
        }));
    }

    /** Reopens the queue: puts are accepted again. */
    public Future<Void> reopen() {
        return here(() -> store.once(JobStore::reopen).onSuccess(done -> closed = false));
    }

    /** Waits until no job is scheduled, ready or leased. */
    public Future<Void> join(Scope scope) {
        return scope.suspend(
                "the end of the jobs of the queue " + settings.name(),
                new QueueWait<>(loop, joins, settings.name(), scope));
    }

    /** Returns the current counters. Call on the loop. */
    public Statistics statistics() {
        return new Statistics(
                puts.waiting(),
                takes.waiting(),
                joins.waiting(),
                settles.waiting(),
                watches.size(),
                puts.accepted(),
                takes.taken(),
                settles.applied(),
                store.total());
    }

    /**
     * Ends the queue when the node stops: fails everything that waits, lets the store finish the calls in flight, and ends the
     * store. Idempotent; safe on any thread.
     */
    public Future<Void> end() {
        return here(() -> {
            Future<Void> end = store.end();
            QueueException failure = QueueException.ended(settings.name());
            puts.end(failure);
            takes.end(failure);
            joins.end(failure);
            return end;
        });
    }

    /** Checks whether all jobs are finished, and then completes the callers that wait for this. */
    private void look() {
        if (store.isEnding()) {
            return;
        }
        store.once(JobStore::status).onSuccess(status -> {
            closed = status.closed();
            if (status.counts().unfinished() == 0) {
                joins.dismiss(null);
                if (closed) {
                    takes.dismiss(List.of());
                }
            }
        });
    }

    private PutBatch batch(List<NewJob> jobs) {
        if (jobs.size() > MAX_TAKEN) {
            throw new IllegalArgumentException("at most " + MAX_TAKEN + " jobs are put together, not " + jobs.size());
        }
        return new PutBatch(jobs, settings);
    }

    private static <T> Future<T> only(List<ItemResult<T>> parts) {
        return parts.get(0).future();
    }

    private static void requireMax(int max) {
        if (max < 1 || max > MAX_TAKEN) {
            throw new IllegalArgumentException("a take asks for 1 to " + MAX_TAKEN + " jobs, not " + max);
        }
    }

    private <T> Future<T> ask(Function<JobStore, Future<T>> operation) {
        return here(() -> store.once(operation));
    }

    private <T> Future<T> here(Supplier<Future<T>> operation) {
        if (loop.inLoop()) {
            return operation.get();
        }
        Promise<T> answer = Promise.promise();
        loop.execute(() -> operation.get().onComplete(answer));
        return answer.future();
    }

    private void run(Runnable step) {
        if (loop.inLoop()) {
            step.run();
        } else {
            loop.execute(step);
        }
    }

    private final class Hints implements JobStore.Listener {
        @Override
        public void jobsReady() {
            takes.jobsReady();
        }

        @Override
        public void room(long jobs) {
            puts.room(jobs);
        }

        @Override
        public void cancelAsked(String id, long fence) {
            watches.requested(fence);
        }

        @Override
        public void idle() {
            look();
        }
    }
}
