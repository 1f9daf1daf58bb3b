package dev.muster.queue;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store of the jobs of one queue. It changes their states, and never waits for room or for jobs.
 *
 * <p>Runs on one loop, and its futures complete on that loop. A future fails only if the store cannot be reached or is broken.
 * Every operation takes a batch, returns results in the order of the batch, and is atomic for each job. Time is the store's own:
 * the time of the loop in memory, the time of the database where several nodes share it. A change that is due (the end of a
 * delay, the expiry of a lease) holds for every operation from that moment on, even before the store has carried it out.
 *
 * <p>The store is created with the settings of its queue (size, retries, lease, keys, order, back-off). Of the jobs that can be
 * taken, the one with the highest priority goes first, then the one that became ready first (last, if the order is {@code lifo}),
 * then the one that was put first (last). A job becomes ready when it is put, when its delay or pause ends, or when it is
 * redriven; a release does not change that time.
 *
 * <p>{@code JobStoreContract} in the tests shows all of this by example; every store passes it.
 */
public interface JobStore {

    /**
     * The listener of a store. Called on the loop, each call in a separate turn. Every call is a hint: it can come late or
     * without cause. If there is a cause, on whichever node, the hint comes within seconds.
     */
    interface Listener {

        /** A take that returned fewer jobs than requested can now get more. */
        void jobsReady();

        /**
         * A put that found the queue full can now fit, or the queue has been closed meanwhile.
         *
         * @param jobs how many jobs can fit, at least 1
         */
        void room(long jobs);

        /**
         * The cancel of a leased job was requested. Called at least once, on the node that took the job.
         *
         * @param fence fencing token of the lease
         */
        void cancelAsked(String id, long fence);

        /** No job is scheduled, ready or leased. Also called after the queue is closed, if this holds then. */
        void idle();
    }

    /** The maximum number of jobs in one list. */
    int MAX_LISTED = 1_000;

    /** The limit for the texts (bodies, errors, outputs and checkpoints) of the jobs in one list, in characters. */
    int MAX_LISTED_CHARS = 16 << 20;

    /** The result of the cancel of one job. */
    enum CancelVerdict {
        /** The job was scheduled or ready, and is cancelled. */
        CANCELLED,
        /** The job is leased. Its holder is notified, now or earlier, and the job becomes cancelled unless the holder acknowledges it. */
        ASKED,
        /** The job was done, dead or cancelled already. Nothing changed. */
        FINISHED,
        /** There is no such job, or the store does not keep it any more. */
        MISSING
    }

    /** The result of redriving one dead job. */
    enum RedriveVerdict {
        /** The job was dead, and is ready. */
        REDRIVEN,
        /** The job is in another state. Nothing changed. */
        NOT_DEAD,
        /** Another unfinished job has this job's unique word. The job stays dead. */
        TAKEN,
        /** There is no room. The job stays dead. */
        FULL,
        /** There is no such job, or the store does not keep it any more. */
        MISSING
    }

    /**
     * Sets the listener. Called once, before any other operation.
     *
     * @throws IllegalStateException if there is a listener already
     */
    void listen(Listener listener);

    /**
     * Accepts jobs in their order, as far as there is room. After the first job that does not fit, a job is {@code EXISTING} if
     * its unique word is in the queue, and {@code FULL} otherwise. A job with the unique word of an earlier job of the batch is
     * {@code EXISTING}, with the id of that job. If the queue is closed, every job is {@code CLOSED}.
     */
    Future<List<PutResult>> put(List<NewJob> jobs);

    /**
     * Leases as many jobs as can be taken now, at most {@code max}, which is at least 1. Returns an empty list if the queue is
     * paused. At most {@code perKey} jobs of one key are leased at a time, and no job starts against its {@code keyRate}.
     */
    Future<List<Job>> take(int max);

    /**
     * Settles leased jobs. A batch names each job at most once. A settle that ended a lease can be repeated if its response was
     * lost: with the same lease and the same kind of settle it returns the first result and changes nothing. A memory store
     * remembers the last 10,000 settles, a durable store the last ten of each job.
     */
    Future<List<Settled>> settle(List<Settle> batch);

    /** Cancels jobs by their ids. */
    Future<List<CancelVerdict>> cancel(List<String> ids);

    /**
     * Makes dead jobs ready again, as far as there is room, in the order in which they died. Each starts again with all its
     * attempts, and keeps its last error and its checkpoint. A job stays dead if another unfinished job has its unique word.
     *
     * @param max the maximum number of jobs
     * @return the number of jobs made ready; of a call that was repeated because its response was lost, those of the last attempt
     */
    Future<Integer> redrive(int max);

    /** Makes one dead job ready again, under the rules of {@link #redrive(int)}. */
    Future<RedriveVerdict> redrive(String id);

    /**
     * Lists jobs of a state in the order of their ids: at most {@code limit} jobs. If their texts exceed
     * {@value #MAX_LISTED_CHARS} characters, only the first jobs that fit are returned, but at least one. An empty list is the
     * end.
     *
     * @param state as of this moment: a job that is due counts as ready
     * @param after lists the jobs after this id, whose job need not exist; null for all jobs
     * @param limit from 1 to {@value #MAX_LISTED}
     */
    Future<List<Job.View>> list(JobState state, @Nullable String after, int limit);

    /** Returns a job, if the store still keeps it. */
    Future<Optional<Job.View>> find(String id);

    /** Returns the counts, and whether the queue is paused or closed. */
    Future<QueueStatus> status();

    /** Pauses the queue: takes get no jobs until {@link #resume}. Idempotent. */
    Future<Void> pause();

    /** Resumes the queue: takes get jobs again. Idempotent. */
    Future<Void> resume();

    /** Closes the queue: puts are rejected until {@link #reopen}. Idempotent. */
    Future<Void> close();

    /** Reopens the queue: puts are accepted again. Idempotent. */
    Future<Void> reopen();

    /**
     * Releases timers and connections, and stops calling the listener. The jobs of a durable store stay. Idempotent; other
     * operations fail afterwards.
     */
    Future<Void> end();
}
