package dev.muster.queue;

import dev.muster.loop.Loop;
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
 * One queue on one node: puts wait for room, takes wait for jobs, first come, first served, over a store that does neither.
 *
 * <p>It lives on one loop and may be used from any: a scope waits on its own loop, and all other futures complete on the
 * queue's. A refusal is a {@link QueueException}; other failures are the store's. What comes while the store is busy goes to
 * it together, so that a slow store is asked seldom and much.
 *
 * <p>A put that is cancelled before it went to the store leaves nothing; after that its answer comes. A take that is cancelled
 * gives its jobs back unworked. 10,000 at most wait on either side.
 */
public final class JobQueue {

    /**
     * A queue of this node at one moment.
     *
     * @param waitingPuts how many puts wait for room
     * @param waitingTakes how many takes wait for jobs
     * @param joining how many wait for the end of all jobs
     * @param settling what holders said and the store has not got yet
     * @param watched how many leases are watched for a cancel
     * @param accepted jobs that were accepted since the start
     * @param taken jobs that were taken since the start
     * @param settled what holders said with effect since the start
     * @param storeCalls calls to the store since the start
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

    private static final int MOST_WAITING = 10_000;

    /** The most jobs that one take asks for, and that are put together. */
    public static final int MOST_TAKEN = 1_000;

    private final Loop loop;
    private final QueueSettings settings;
    private final StoreCalls store;
    private final CancelWatches watches = new CancelWatches();
    private final SettleLine settles;
    private final PutLine puts;
    private final TakeLine takes;
    private final JoinLine joins;
    private boolean closed;

    /** A queue over its store, which nobody else uses. To be made on the loop, which is the store's. */
    public JobQueue(Loop loop, QueueSettings settings, JobStore store) {
        this.loop = loop;
        this.settings = settings;
        this.store = new StoreCalls(settings.name(), store);
        this.settles = new SettleLine(this.store, watches);
        this.puts = new PutLine(loop, this.store, settings.name(), MOST_WAITING);
        this.takes = new TakeLine(this.store, settles, settings.name(), MOST_WAITING, () -> {
            if (closed) {
                look();
            }
        });
        this.joins = new JoinLine(this.store, settings.name(), MOST_WAITING, this::look);
        store.listen(new Hints());
        look();
    }

    /** What was configured. */
    public QueueSettings settings() {
        return settings;
    }

    /** Puts a job once there is room; {@code ACCEPTED} or {@code EXISTING}. The body must be JSON, which is not checked here. */
    public Future<PutResult> put(Scope scope, NewJob job) {
        return putAll(scope, List.of(job)).compose(JobQueue::only);
    }

    /**
     * The same.
     *
     * @param whenCancelled is told, on the scope's loop, that a cancel has come while the job waits or goes to the store
     */
    public Future<PutResult> put(Scope scope, NewJob job, Consumer<CancelReason> whenCancelled) {
        PutBatch batch = batch(List.of(job));
        if (batch.isDecided()) {
            return only(batch.parts());
        }
        var wait = new QueueWait<>(loop, puts, batch, scope);
        return scope.<List<Part<PutResult>>>suspend("room in the queue " + settings.name(), waiter -> {
                    wait.park(waiter);
                    return reason -> {
                        whenCancelled.accept(reason);
                        return wait.undo(reason);
                    };
                })
                .compose(JobQueue::only);
    }

    /**
     * Puts jobs, each once there is room for it and those before it; what became of each, in their order, once it is known of all.
     * A cancel fails those of them that have not gone to the store.
     *
     * @param jobs at most {@value #MOST_TAKEN}
     */
    public Future<List<Part<PutResult>>> putAll(Scope scope, List<NewJob> jobs) {
        PutBatch batch = batch(jobs);
        return batch.isDecided()
                ? Future.succeededFuture(batch.parts())
                : scope.suspend("room in the queue " + settings.name(), new QueueWait<>(loop, puts, batch, scope));
    }

    /** Puts a job if there is room and nobody waits for it, else it is {@code FULL}. From any thread. */
    public Future<PutResult> tryPut(NewJob job) {
        return tryPutAll(List.of(job)).compose(JobQueue::only);
    }

    /** Puts jobs as far as there is room and nobody waits for it; what became of each, in their order. From any thread. */
    public Future<List<Part<PutResult>>> tryPutAll(List<NewJob> jobs) {
        PutBatch batch = batch(jobs);
        return batch.isDecided()
                ? Future.succeededFuture(batch.parts())
                : here(() -> {
                    Promise<List<Part<PutResult>>> answer = Promise.promise();
                    puts.tryPut(batch, answer);
                    return answer.future();
                });
    }

    /**
     * Takes jobs once there is one; more as far as they are there. None if the queue is closed and no job is left that could
     * still come.
     *
     * @param max from 1 to {@value #MOST_TAKEN}
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
                        settles.giveBack(jobs);
                        return Future.succeededFuture();
                    });
                    return Future.failedFuture(new CancelledException(reason));
                });
    }

    /** Takes jobs that are there, if nobody waits for them. From any thread. */
    public Future<List<Job>> tryTake(int max) {
        requireMax(max);
        return here(() -> takes.waiting() > 0 ? Future.succeededFuture(List.of()) : store.taken(max));
    }

    /** Says something of a leased job; of one job, in the order in which it is said. From any thread. */
    public Future<Settled> settle(Settle settle) {
        return settleAll(List.of(settle)).compose(JobQueue::only);
    }

    /** Says something of leased jobs; what became of each, in their order. From any thread. */
    public Future<List<Part<Settled>>> settleAll(List<Settle> what) {
        return here(() -> settles.say(what));
    }

    /** The job is done. */
    public Future<Settled> ack(Job job, @Nullable String output) {
        return settle(new Settle.Ack(job.id(), job.lease(), output));
    }

    /** This try failed. */
    public Future<Settled> fail(Job job, String error) {
        return settle(new Settle.Fail(job.id(), job.lease(), error, null, false));
    }

    /** The job is given back unworked. */
    public Future<Settled> release(Job job) {
        return settle(new Settle.Release(job.id(), job.lease()));
    }

    /** The lease runs this long from now at least. */
    public Future<Settled> extend(Job job, Duration by) {
        return settle(new Settle.Extend(job.id(), job.lease(), by));
    }

    /**
     * Has somebody told, on the queue's loop, once the cancel of a leased job is asked for; at once if it was already. The
     * watch ends with the lease's settling.
     *
     * @return ends the watch; from any thread
     */
    public Runnable watch(Job job, Runnable told) {
        run(() -> watches.watch(job, told));
        return () -> run(() -> watches.over(job.lease()));
    }

    /** Cancels a job. */
    public Future<CancelVerdict> cancel(String id) {
        return ask(in -> in.cancel(List.of(id)).map(verdicts -> verdicts.get(0)));
    }

    /** Brings dead jobs back, so many at most; how many. */
    public Future<Integer> redrive(int max) {
        return ask(in -> in.redrive(max));
    }

    /** Brings one dead job back. */
    public Future<RedriveVerdict> redrive(String id) {
        return ask(in -> in.redrive(id));
    }

    /**
     * Jobs of a state by their ids, so many at most; fewer where they are large. None is the end.
     *
     * @param after lists the jobs behind this id; all for null
     * @param limit from 1 to {@value JobStore#MOST_LISTED}
     */
    public Future<List<JobView>> list(JobState state, @Nullable String after, int limit) {
        if (limit < 1 || limit > JobStore.MOST_LISTED) {
            throw new IllegalArgumentException("a list has 1 to " + JobStore.MOST_LISTED + " jobs, not " + limit);
        }
        return ask(in -> in.list(state, after, limit));
    }

    /** A job, if it is known still. */
    public Future<Optional<JobView>> find(String id) {
        return ask(in -> in.find(id));
    }

    /** The counts and the switches. */
    public Future<QueueStatus> status() {
        return ask(JobStore::status);
    }

    /** Takes get nothing until {@link #resume}. */
    public Future<Void> pause() {
        return ask(in -> in.turn(JobStore.Switch.PAUSED, true));
    }

    /** Takes get jobs again. */
    public Future<Void> resume() {
        return ask(in -> in.turn(JobStore.Switch.PAUSED, false));
    }

    /** Refuses puts, those that wait too. Jobs that are there are worked on. */
    public Future<Void> close() {
        return here(() -> store.<Void>once(in -> in.turn(JobStore.Switch.CLOSED, true))
                .onSuccess(done -> {
                    closed = true;
                    puts.room(Long.MAX_VALUE);
                    look();
                }));
    }

    /** Accepts puts again. */
    public Future<Void> reopen() {
        return here(() ->
                store.<Void>once(in -> in.turn(JobStore.Switch.CLOSED, false)).onSuccess(done -> closed = false));
    }

    /** Waits until no job is scheduled, ready or leased. */
    public Future<Void> join(Scope scope) {
        return scope.suspend(
                "the end of the jobs of the queue " + settings.name(),
                new QueueWait<>(loop, joins, settings.name(), scope));
    }

    /** Closes the queue and waits until its jobs are finished. */
    public Future<Void> drain(Scope scope) {
        CancelReason reason = scope.cancelReason();
        return reason != null
                ? Future.failedFuture(new CancelledException(reason))
                : scope.await("the queue " + settings.name() + " to close", close())
                        .compose(done -> join(scope));
    }

    /** What can be told of it at this moment. On the loop. */
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
     * The node stops: sends away everybody who waits, lets the store answer what is with it, and ends the store. Idempotent; from
     * any thread.
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

    /** Looks whether all is over, for those who wait for that. */
    private void look() {
        if (store.isEnding()) {
            return;
        }
        store.once(JobStore::status).onSuccess(status -> {
            closed = status.closed();
            if (status.counts().unfinished() == 0) {
                joins.dismiss();
                if (closed) {
                    takes.dismiss();
                }
            }
        });
    }

    private PutBatch batch(List<NewJob> jobs) {
        if (jobs.size() > MOST_TAKEN) {
            throw new IllegalArgumentException("at most " + MOST_TAKEN + " jobs are put together, not " + jobs.size());
        }
        return new PutBatch(jobs, settings);
    }

    private static <T> Future<T> only(List<Part<T>> parts) {
        return parts.get(0).future();
    }

    private static void requireMax(int max) {
        if (max < 1 || max > MOST_TAKEN) {
            throw new IllegalArgumentException("a take asks for 1 to " + MOST_TAKEN + " jobs, not " + max);
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
            watches.asked(fence);
        }

        @Override
        public void idle() {
            look();
        }
    }
}
