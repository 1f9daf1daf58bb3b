package dev.muster.app.desk;

import dev.muster.dispatch.QueueAnswer;
import dev.muster.plan.MusterException;
import dev.muster.queue.JobState;
import dev.muster.queue.NewJob;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where somebody at a command line asks about queues, puts jobs and takes them, whatever is behind it.
 *
 * <p>Queues and jobs are the JSON values that the HTTP API tells. Futures complete on any thread and fail with a
 * {@link MusterException} of the plan language's table. Safe on every thread.
 */
public interface QueueDesk {

    /** A further field of an error: what was asked has surely not been done, as it could not even be sent. */
    String NOT_SENT = "notSent";

    /** What can be turned on and off for a whole queue. */
    enum Turn {
        PAUSE,
        RESUME,
        CLOSE,
        REOPEN;

        /** Its word in requests. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whom this is, for messages: an address, say. */
    String name();

    /** All queues that may be used. */
    Future<List<Map<String, @Nullable Object>>> queues();

    /** How a queue is doing. */
    Future<Map<String, @Nullable Object>> queue(String queue);

    /**
     * Puts jobs in their order, which wait for room so long at most; what became of each, in the same order.
     *
     * @param jobs 1 to 1000
     * @return fails with {@code limit} where no job was put; with {@code unavailable} it may have been done all the same, unless
     *     the error says {@link #NOT_SENT}
     */
    Future<List<PutOutcome>> put(String queue, List<NewJob> jobs, Duration wait);

    /** Takes jobs, and waits for the first so long at most. Who gives up gets none that was not on its way yet. */
    QueueAnswer<List<Map<String, @Nullable Object>>> take(String queue, int max, Duration wait);

    /** A job that was taken is done. */
    Future<@Nullable Void> ack(String queue, String id, String lease);

    /** A job that was taken goes back to its place. */
    Future<@Nullable Void> release(String queue, String id, String lease);

    /** A job. */
    Future<Map<String, @Nullable Object>> job(String queue, String id);

    /** A page of the jobs of a state, by their ids from behind one on; none is the end. */
    Future<List<Map<String, @Nullable Object>>> jobs(String queue, JobState state, @Nullable String after, int limit);

    /** Dead jobs are ready again, so many at most; how many. */
    Future<Long> redrive(String queue, int max);

    /** A dead job is ready again. */
    Future<@Nullable Void> redrive(String queue, String id);

    /** A job is cancelled, or its holder is asked to. */
    Future<@Nullable Void> cancel(String queue, String id);

    /** Turns something on or off; how the queue is doing then. */
    Future<Map<String, @Nullable Object>> turn(String queue, Turn turn);

    /** Gives up what is under way, and whatever it holds. */
    Future<@Nullable Void> close();

    /** Whether something that failed has surely not been done. */
    static boolean isNotSent(MusterException failure) {
        return Boolean.TRUE.equals(failure.more().get(NOT_SENT));
    }
}
