package dev.muster.service;

import dev.muster.connect.queue.QueueErrors;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.CancelVerdict;
import dev.muster.queue.RedriveVerdict;

/** The results of operations on single jobs as errors for callers. Safe on any thread. */
public final class JobErrors {

    private JobErrors() {}

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
