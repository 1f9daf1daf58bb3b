package dev.muster.dispatch;

import dev.muster.connect.queue.QueueErrors;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.CancelVerdict;
import dev.muster.queue.RedriveVerdict;

/** Why a queue does not do with one job what was asked of it, as errors of the plan language's table. Any thread. */
public final class JobVerdicts {

    private JobVerdicts() {}

    /**
     * Goes on if the job was made ready.
     *
     * @throws MusterException if not
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
     * Goes on if the job was cancelled, or its holder was asked to.
     *
     * @throws MusterException if not
     */
    public static void require(CancelVerdict verdict) {
        switch (verdict) {
            case CANCELLED, ASKED -> {}
            case FINISHED ->
                throw new MusterException(ErrorType.CONFLICT, "the job is done, dead or cancelled already");
            case MISSING -> throw noSuchJob();
        }
    }

    /** The error of a job that is not known. */
    public static MusterException noSuchJob() {
        return new MusterException(
                ErrorType.NOT_FOUND, "there is no such job in the queue; finished ones are known for a while only");
    }
}
