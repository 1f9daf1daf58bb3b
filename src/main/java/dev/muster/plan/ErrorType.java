package dev.muster.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What kind of error a run or a step ended with: the types of the plan language, with their HTTP status. */
public enum ErrorType {
    /** The caller's input or request. */
    BAD_INPUT("badInput", 400),
    /** The caller may not. */
    DENIED("denied", 403),
    /** No such plan, run or job. */
    NOT_FOUND("notFound", 404),
    /** What is there does not know this method; the detail names those that it knows. */
    METHOD_NOT_ALLOWED("methodNotAllowed", 405),
    /** A bound was passed; the detail names it and its setting. */
    LIMIT("limit", 413),
    /** The lease is no longer the job's, or the queue is closed. */
    CONFLICT("conflict", 409),
    /** Time ran out. */
    TIMEOUT("timeout", 504),
    /** Somebody cancelled. */
    CANCELLED("cancelled", 499),
    /** Could not connect, resolve, get a connection or a place in a pool; nobody answers. */
    UNAVAILABLE("unavailable", 503),
    /** An upstream's answer is wrong: status, body or protocol. */
    BAD_RESPONSE("badResponse", 502),
    /** The database rejects the statement. */
    QUERY("query", 502),
    /** An expression's key is missing or its type is wrong. */
    EXPRESSION("expression", 500),
    /** A file is missing, unreadable, or outside its folder. */
    FILE("file", 500),
    /** A function threw. */
    FUNCTION("function", 500),
    /** The plan said {@code fail}. */
    FAILED("failed", 500),
    /** Our fault. */
    INTERNAL("internal", 500);

    private final String word;
    private final int status;

    ErrorType(String word, int status) {
        this.word = word;
        this.status = status;
    }

    /** The word of the plan language. */
    public String word() {
        return word;
    }

    /** The HTTP status that says the same. */
    public int status() {
        return status;
    }

    /** Those that a step of a plan may end with: a method that is not allowed is of requests to Muster alone. */
    public static List<ErrorType> ofSteps() {
        return Arrays.stream(values())
                .filter(type -> type != METHOD_NOT_ALLOWED)
                .toList();
    }

    /** The type of this word. */
    public static Optional<ErrorType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
    }
}
