package dev.muster.service;

import dev.muster.connect.queue.QueueErrors;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.PutResult;
import dev.muster.queue.PutResult.Verdict;
import dev.muster.queue.QueueException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of putting one job.
 *
 * @param id the id of the job in the queue; null if the put failed
 * @param existing whether the queue had a job with the same {@code unique} value already
 * @param failure why the put failed, or null
 */
public record PutAnswer(
        @Nullable String id, boolean existing, @Nullable Throwable failure) {

    static List<PutAnswer> all(String queue, List<ItemResult<PutResult>> parts) {
        List<PutAnswer> all = new ArrayList<>(parts.size());
        for (ItemResult<PutResult> part : parts) {
            all.add(of(queue, part.result(), part.failure()));
        }
        return all;
    }

    static PutAnswer of(String queue, @Nullable PutResult result, @Nullable Throwable failure) {
        if (failure != null) {
            return new PutAnswer(null, false, error(queue, failure));
        }
        if (result == null || result.verdict() == Verdict.FULL) {
            return new PutAnswer(null, false, QueueErrors.full(queue));
        }
        return result.verdict() == Verdict.CLOSED
                ? new PutAnswer(
                        null, false, new MusterException(ErrorType.CONFLICT, "the queue \"" + queue + "\" is closed"))
                : new PutAnswer(result.id(), result.verdict() == Verdict.EXISTING, null);
    }

    /** The error for a caller whose wait failed. */
    static Throwable error(String queue, Throwable failure) {
        if (failure instanceof QueueException refused) {
            return QueueErrors.of(refused);
        }
        if (!(failure instanceof CancelledException cancelled)) {
            return failure;
        }
        return switch (cancelled.reason().kind()) {
            case TIMEOUT -> QueueErrors.full(queue);
            case SHUTDOWN -> stopping();
            default ->
                new MusterException(ErrorType.CANCELLED, cancelled.reason().why());
        };
    }

    static MusterException stopping() {
        return new MusterException(ErrorType.UNAVAILABLE, "this node is stopping; use another one");
    }

    /** Whether a wait ended by its time-out. */
    static boolean isTimeout(Throwable failure) {
        return failure instanceof CancelledException cancelled
                && cancelled.reason().kind() == CancelReason.Kind.TIMEOUT;
    }

    /** Whether a wait ended by its time-out or by the node, rather than by the caller. */
    static boolean isOver(Throwable failure) {
        return failure instanceof CancelledException cancelled
                && cancelled.reason().kind() != CancelReason.Kind.CALLER;
    }
}
