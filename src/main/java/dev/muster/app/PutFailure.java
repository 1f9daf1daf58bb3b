package dev.muster.app;

import dev.muster.app.desk.QueueDesk;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.List;
import java.util.Map;

/** What is said of lines that did not come into the queue, or may not have. */
final class PutFailure {

    private PutFailure() {}

    /**
     * Whether jobs of a request that failed may be in the queue all the same.
     *
     * @param isNode whether the node has answered as one before: what never was one has no queue
     */
    static boolean isOpen(MusterException failure, boolean isNode) {
        return switch (failure.type()) {
            case UNAVAILABLE -> !QueueDesk.isNotSent(failure);
            case INTERNAL, TIMEOUT -> true;
            case BAD_RESPONSE -> isNode;
            default -> false;
        };
    }

    /** Of a request whose jobs may be in the queue. */
    static MusterException unsure(List<JobLine> asked, MusterException failure, String sum) {
        long first = asked.get(0).number();
        long last = asked.get(asked.size() - 1).number();
        return new MusterException(
                failure.type(),
                failure.detail() + "; " + sum + " for sure, and what became of "
                        + (first == last ? "line " + first : "lines " + first + " to " + last)
                        + " nobody knows: go on from line " + first
                        + " if no harm is done by jobs that are there twice, else from line " + (last + 1)
                        + ". Jobs with unique words (--unique-body, say) would have been put again");
    }

    /** Of lines whose jobs the queue does not take. */
    static MusterException refused(Map<Long, MusterException> lines, String sum) {
        Map.Entry<Long, MusterException> first = lines.entrySet().iterator().next();
        String others = lines.size() == 1
                ? ""
                : ", and so are " + (lines.size() - 1) + " more up to line "
                        + lines.keySet().stream().reduce(0L, Math::max);
        MusterException failure = first.getValue();
        return new MusterException(
                failure.type(),
                "line " + first.getKey() + " is refused" + others + ": " + failure.detail() + "; " + sum);
    }

    /** Of a node that has not answered although the command is to end. */
    static MusterException silent(String node, Throwable cause) {
        return new MusterException(
                ErrorType.UNAVAILABLE, "the answer of " + node + " has not come before the end of the command", cause);
    }
}
