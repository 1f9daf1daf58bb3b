package dev.muster.cli.queue;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.List;
import java.util.Map;

/** The errors about lines whose jobs are not in the queue, or possibly not. */
final class PutFailure {

    private PutFailure() {}

    /**
     * Whether the jobs of a failed request can be in the queue nevertheless.
     *
     * @param isNode whether the address has responded as a Muster node before; anything else has no queue
     */
    static boolean isOpen(MusterException failure, boolean isNode) {
        return switch (failure.type()) {
            case UNAVAILABLE -> !QueueAdmin.isNotSent(failure);
            case INTERNAL, TIMEOUT -> true;
            case BAD_RESPONSE -> isNode;
            default -> false;
        };
    }

    /** The error of a request whose jobs are possibly in the queue. */
    static MusterException unsure(List<JobLine> asked, MusterException failure, String sum) {
        long first = asked.get(0).number();
        long last = asked.get(asked.size() - 1).number();
        return new MusterException(
                failure.type(),
                failure.detail() + "; " + sum + " for sure, and the outcome of "
                        + (first == last ? "line " + first : "lines " + first + " to " + last)
                        + " is unknown: go on from line " + first
                        + " if duplicate jobs do no harm, else from line " + (last + 1)
                        + ". Jobs with unique words (--unique-body, for example) would have been put again");
    }

    /** The error of lines whose jobs the queue rejects. */
    static MusterException refused(Map<Long, MusterException> lines, String sum) {
        Map.Entry<Long, MusterException> first = lines.entrySet().iterator().next();
        String others = lines.size() == 1
                ? ""
                : ", and so are " + (lines.size() - 1) + " more up to line "
                        + lines.keySet().stream().reduce(0L, Math::max);
        MusterException failure = first.getValue();
        return new MusterException(
                failure.type(),
                "line " + first.getKey() + " is rejected" + others + ": " + failure.detail() + "; " + sum);
    }

    /** The error of a node that has not responded before the end of the command. */
    static MusterException silent(String node, Throwable cause) {
        return new MusterException(
                ErrorType.UNAVAILABLE, node + " did not respond before the end of the command", cause);
    }
}
