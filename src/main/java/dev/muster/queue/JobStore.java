package dev.muster.queue;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the jobs of one queue are: it changes their states, and never waits for room or for jobs.
 *
 * <p>Used on one loop, and its futures complete on that loop; they fail only where the store cannot be reached or is broken.
 * Every operation takes a batch, answers in the order of the batch, and is atomic for each job. Time is the store's own:
 * the loop's in memory, the database's where several nodes share it. What time brings about (a delay ends, a lease runs
 * out) holds from that moment on for every operation, whether or not the store has got to it.
 *
 * <p>The settings of the queue (size, retries, lease, keys, order, back-off) are the store's from its making. Of two jobs that
 * can be taken, the one of higher priority goes first, then the one that became ready first (last, where the order is
 * {@code lifo}), then the one that was put first (last). A job became ready when it was put, when its delay or pause was
 * over, or when it was brought back; a release leaves that as it was.
 *
 * <p>{@code JobStoreContract} among the tests says all of this by example; every store passes it.
 */
public interface JobStore {

    /**
     * What a store tells of its own accord, on the loop, in steps of their own. Each is a hint: it may come late or without
     * cause, but comes within seconds where there is cause, whichever node brought it about.
     */
    interface Listener {

        /** A take that got less than it asked for may get more now. */
        void jobsReady();

        /**
         * A put that found the queue full may fit now, or learns that the queue was closed meanwhile.
         *
         * @param jobs how many may fit, at least 1
         */
        void room(long jobs);

        /**
         * A leased job is to be cancelled. Told once at least, to the node that took it.
         *
         * @param fence of the lease
         */
        void cancelAsked(String id, long fence);

        /** No job is scheduled, ready or leased; told after a close too, if that is so. */
        void idle();
    }

    /** The most jobs that are listed together. */
    int MOST_LISTED = 1_000;

    /** How many characters the jobs that are listed together have in their bodies and what their holders said. */
    int MOST_LISTED_CHARS = 16 << 20;

    /** What an operator can turn on and off for the whole queue. */
    enum Switch {
        /** Takes get nothing. */
        PAUSED,
        /** Puts are refused. */
        CLOSED
    }

    /**
     * Says who is told. Called once, before anything else.
     *
     * @throws IllegalStateException if somebody is told already
     */
    void listen(Listener listener);

    /**
     * Accepts jobs in their order, as far as there is room. Behind the first one for which there is none, those whose unique
     * word is there already are {@code EXISTING}, all others {@code FULL}. A job whose unique word an earlier one of the
     * batch has is {@code EXISTING} with that one's id. Closed beats all others.
     */
    Future<List<PutResult>> put(List<NewJob> jobs);

    /**
     * Leases as many jobs as can be taken now, and at most {@code max}, which is 1 at least. None if the queue is paused.
     * Of one key never more than {@code perKey} are leased, and none is started that {@code keyRate} does not let.
     */
    Future<List<Job>> take(int max);

    /**
     * Does what holders of leases say. A batch names a job once at most. What ended a lease may be said again by whoever did not get
     * the answer: by the same lease and word it is answered as when it took effect, and changes nothing. A store in memory remembers
     * the last 10,000, a durable one the last ten of each job.
     */
    Future<List<Settled>> settle(List<Settle> batch);

    /** Cancels jobs by their ids. */
    Future<List<CancelVerdict>> cancel(List<String> ids);

    /**
     * Makes dead jobs ready, with all their tries, the last error and the checkpoint, those that died first before others, as
     * far as there is room. One whose unique word another unfinished job has stays dead.
     *
     * @param max how many at most
     * @return how many
     */
    Future<Integer> redrive(int max);

    /** Makes one dead job ready, as {@link #redrive(int)} does. */
    Future<RedriveVerdict> redrive(String id);

    /**
     * The jobs of a state that are known, by their ids in order: so many at most, and of those whose texts together are above
     * {@value #MOST_LISTED_CHARS} characters the first ones, but one at least where there is one. None is the end of the list.
     *
     * @param state as it is at this moment: a job that is due is ready
     * @param after lists the jobs behind this id, which need not be known any more; all for null
     * @param limit from 1 to {@value #MOST_LISTED}
     */
    Future<List<JobView>> list(JobState state, @Nullable String after, int limit);

    /** A job, if it is known still. */
    Future<Optional<JobView>> find(String id);

    /** The counts and the switches. */
    Future<QueueStatus> status();

    /** Turns something on or off; doing so again does nothing. */
    Future<Void> turn(Switch which, boolean on);

    /**
     * Gives up timers and connections and tells nobody any more; the jobs of a durable store stay. Idempotent; other operations
     * fail afterwards.
     */
    Future<Void> end();
}
