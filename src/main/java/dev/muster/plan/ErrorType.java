package dev.muster.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The error types of the plan language, each with an HTTP status. A run or a step that fails has one of them. */
public enum ErrorType {
    /** The caller's input or request is invalid. */
    BAD_INPUT("badInput", 400),
    /** The caller does not have permission. */
    DENIED("denied", 403),
    /** There is no such plan, run or job. */
    NOT_FOUND("notFound", 404),
    /** The resource does not support the HTTP method; the detail lists the supported ones. */
    METHOD_NOT_ALLOWED("methodNotAllowed", 405),
    /** A limit was exceeded; the detail names the limit and its setting. */
    LIMIT("limit", 413),
    /** The lease of the job is not valid any more, or the queue is closed. */
    CONFLICT("conflict", 409),
    /** The time limit was reached. */
    TIMEOUT("timeout", 504),
    /** The run or step was cancelled. */
    CANCELLED("cancelled", 499),
    /** No connection, no address, no free place in a pool, or no response. */
    UNAVAILABLE("unavailable", 503),
    /** The response of an upstream is invalid: status, body or protocol. */
    BAD_RESPONSE("badResponse", 502),
    /** The database rejected the statement. */
    QUERY("query", 502),
    /** A key of an expression is missing, or a value has the wrong type. */
    EXPRESSION("expression", 500),
    /** A file is missing, unreadable, or outside its folder. */
    FILE("file", 500),
    /** A function threw an exception. */
    FUNCTION("function", 500),
    /** The plan executed {@code fail}. */
    FAILED("failed", 500),
    /** An error of Muster itself. */
    INTERNAL("internal", 500);

    private final String word;
    private final int status;

    ErrorType(String word, int status) {
        this.word = word;
        this.status = status;
    }

    /** The type's word in the plan language. */
    public String word() {
        return word;
    }

    /** The HTTP status of the type. */
    public int status() {
        return status;
    }

    /** The types that a step of a plan can fail with. {@link #METHOD_NOT_ALLOWED} occurs only in requests to Muster, so it is left out. */
    public static List<ErrorType> ofSteps() {
        return Arrays.stream(values())
                .filter(type -> type != METHOD_NOT_ALLOWED)
                .toList();
    }

    /** The type with this word. */
    public static Optional<ErrorType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
    }
}
