package dev.muster.cli.queue;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Converts the errors that a node reports to exceptions. */
final class NodeErrors {

    private static final String STATUS = "status";
    private static final String RETRY_AFTER = "retryAfter";
    private static final int NOT_IDENTIFIED = 401;

    private NodeErrors() {}

    /** The exception for the problem of a response. For {@code denied} the message names the origin of the key that was sent. */
    static MusterException of(Map<?, ?> problem, int status, NodeKey key) {
        MusterException error = of(problem);
        if (error.type() != ErrorType.DENIED) {
            return error;
        }
        String what = key.text() == null ? "no key was sent" : "sent with " + key;
        String todo = key.text() == null || status == NOT_IDENTIFIED
                ? ": set MUSTER_KEY, or name a file with --key-file"
                : "";
        return new MusterException(error.type(), error.detail() + "; " + what + todo, error.more(), null);
    }

    /** The exception for an error object. */
    static MusterException of(Map<?, ?> problem) {
        ErrorType type = ErrorType.of(String.valueOf(problem.get("type"))).orElse(ErrorType.BAD_RESPONSE);
        var more = new LinkedHashMap<String, Object>();
        for (String word : new String[] {STATUS, RETRY_AFTER}) {
            if (problem.get(word) instanceof Number number) {
                more.put(word, number);
            }
        }
        Object detail = problem.get("detail");
        return new MusterException(
                type, detail == null ? "the node gives no reason" : String.valueOf(detail), more, null);
    }
}
