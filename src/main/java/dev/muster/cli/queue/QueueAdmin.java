package dev.muster.cli.queue;

import dev.muster.plan.MusterException;
import dev.muster.queue.JobState;
import dev.muster.queue.NewJob;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations on queues for the command line, independent of where the queues are.
 *
 * <p>Queues and jobs are JSON values in the form of the HTTP API. Futures complete on any thread and fail with a
 * {@link MusterException} of the plan language's error table. Safe on any thread.
 */
interface QueueAdmin {

    /** An additional error field: the request was certainly not executed, because it could not be sent. */
    String NOT_SENT = "notSent";

    /** The switches of a queue. */
    enum Switch {
        PAUSE,
        RESUME,
        CLOSE,
        REOPEN;

        /** The word of the switch in requests. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The outcome of putting one job.
     *
     * @param id the id of the job in the queue; null if none was put
     * @param existing whether an unfinished job with the same unique word was there already
     * @param failure the reason why no job was put, or null
     */
    record PutOutcome(
            @Nullable String id, boolean existing, @Nullable MusterException failure) {}

    /** The name of the place of the queues, such as an address, for messages. */
    String name();

    /** All queues that the caller is permitted to use. */
    Future<List<Map<String, @Nullable Object>>> queues();

    Future<Map<String, @Nullable Object>> queue(String queue);

    /**
     * Puts jobs in their order and waits for room.
     *
     * @param jobs 1 to 1000 jobs
     * @param wait the maximum time to wait for room
     * @return the outcome of each job, in the same order; fails with {@code limit} if no job was put. After
     *     {@code unavailable} the jobs have possibly been put, unless the error has {@link #NOT_SENT}
     */
    Future<List<PutOutcome>> put(String queue, List<NewJob> jobs, Duration wait);

    /** Takes jobs and waits at most this long for the first one. After giving up, only jobs already on their way are delivered. */
    PendingRequest<List<Map<String, @Nullable Object>>> take(String queue, int max, Duration wait);

    Future<@Nullable Void> ack(String queue, String id, String lease);

    /** Releases a taken job to its place in the queue. */
    Future<@Nullable Void> release(String queue, String id, String lease);

    Future<Map<String, @Nullable Object>> job(String queue, String id);

    /** A page of the jobs in a state, ordered by id, after the given id. An empty page is the end. */
    Future<List<Map<String, @Nullable Object>>> jobs(String queue, JobState state, @Nullable String after, int limit);

    /** Makes at most {@code max} dead jobs ready again; the result is their number. */
    Future<Long> redrive(String queue, int max);

    /** Makes a dead job ready again. */
    Future<@Nullable Void> redrive(String queue, String id);

    /** Cancels a job. If the job is leased, requests the cancel from its worker. */
    Future<@Nullable Void> cancel(String queue, String id);

    /** Changes a switch; the result is the status of the queue afterwards. */
    Future<Map<String, @Nullable Object>> change(String queue, Switch change);

    /** Cancels waiting operations and releases the connections. */
    Future<@Nullable Void> close();

    /** Whether a failed request was certainly not executed. */
    static boolean isNotSent(MusterException failure) {
        return Boolean.TRUE.equals(failure.more().get(NOT_SENT));
    }
}
