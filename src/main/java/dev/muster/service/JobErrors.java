package dev.muster.service;

import dev.muster.connect.queue.QueueErrors;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.ItemResult;
import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueException;
import dev.muster.queue.Settled;
import dev.muster.task.CancelledException;
import org.jspecify.annotations.Nullable;

/** The results of operations on jobs as errors for callers. Safe on any thread. */
public final class JobErrors {

    private JobErrors() {}

    /**
     * The result of a put: a failure, a full queue and a closed queue are errors for callers.
     *
     * @param result null if the put failed, or ended without a result
     */
    static ItemResult<PutResult> put(String queue, @Nullable PutResult result, @Nullable Throwable failure) {
        if (failure != null) {
            return ItemResult.failed(ofWait(queue, failure));
        }
        if (result == null || result.verdict() == PutResult.Verdict.FULL) {
            return ItemResult.failed(QueueErrors.full(queue));
        }
        return result.verdict() == PutResult.Verdict.CLOSED
                ? conflict("the queue \"" + queue + "\" is closed")
                : new ItemResult<>(result, null);
    }

    /** The result of an operation of a lease holder: a failure, and an operation that changed nothing, are errors for callers. */
    static ItemResult<Settled> settled(ItemResult<Settled> part) {
        Settled settled = part.result();
        if (settled == null) {
            return part.failure() instanceof QueueException rejection
                    ? ItemResult.failed(QueueErrors.of(rejection))
                    : part;
        }
        return switch (settled.verdict()) {
            case APPLIED -> part;
            case STALE -> conflict("the lease is not valid for this job: it expired or was settled");
            case CANCEL_ASKED -> conflict("the cancel of the job was requested: fail or release the job");
        };
    }

    private static <T> ItemResult<T> conflict(String detail) {
        return ItemResult.failed(new MusterException(ErrorType.CONFLICT, detail));
    }

    /** The error for a caller whose wait at a queue failed. */
    static Throwable ofWait(String queue, Throwable failure) {
        if (failure instanceof QueueException rejection) {
            return QueueErrors.of(rejection);
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

    /**
     * Returns if the job was made ready again.
     *
     * @throws MusterException {@code conflict}, {@code limit} or {@code notFound} if it was not
     */
    public static void require(RedriveVerdict verdict, String queue) {
        switch (verdict) {
            case REDRIVEN -> {}
            case NOT_DEAD -> throw new MusterException(ErrorType.CONFLICT, "the job is not dead");
            case TAKEN ->
                throw new MusterException(
                        ErrorType.CONFLICT, "another unfinished job has the unique word of this one; it stays dead");
            case FULL -> throw QueueErrors.full(queue);
            case MISSING -> throw noSuchJob();
        }
    }

    /**
     * Returns if the job was cancelled, or if its worker was asked to cancel it.
     *
     * @throws MusterException {@code conflict} or {@code notFound} otherwise
     */
    public static void require(CancelVerdict verdict) {
        switch (verdict) {
            case CANCELLED, ASKED -> {}
            case FINISHED ->
                throw new MusterException(ErrorType.CONFLICT, "the job is done, dead or cancelled already");
            case MISSING -> throw noSuchJob();
        }
    }

    /** The error for an unknown job. */
    public static MusterException noSuchJob() {
        return new MusterException(
                ErrorType.NOT_FOUND, "there is no such job in the queue; finished jobs are kept for a limited time");
    }
}
