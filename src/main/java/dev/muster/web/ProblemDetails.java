package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.RunFailure;
import dev.muster.service.CallerError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as an HTTP response: problem details (RFC 9457) with {@code type}, {@code title}, {@code status}, {@code detail},
 * {@code run} and {@code step}, followed by the further fields of the error. Immutable.
 *
 * <p>{@code type} is the word of the error type, as a relative reference. {@link CallerError} defines the status.
 *
 * @param allowed the methods for the header {@code Allow}; empty for other errors than 405
 */
record ProblemDetails(
        CallerError error, @Nullable String run, @Nullable String step, List<String> allowed) {

    static final String CONTENT_TYPE = "application/problem+json";

    private static final int NOT_IDENTIFIED = 401;
    private static final int MAX_OF_METHOD = 32;

    /**
     * The problem details of an error, with its run and the name of its caller for the log. Any exception other than
     * {@link MusterException} is internal: it is logged under an id, and the caller gets the id.
     */
    static ProblemDetails of(Throwable thrown, @Nullable String run, @Nullable String caller) {
        return new ProblemDetails(CallerError.of(thrown, run, caller), run, null, List.of());
    }

    static ProblemDetails of(RunFailure failure, String run) {
        return new ProblemDetails(CallerError.of(failure.error()), run, failure.step(), List.of());
    }

    /** The problem details for a method that the path does not support: 405 with {@code Allow}. */
    static ProblemDetails otherMethods(String method, List<String> allowed) {
        MusterException error = new MusterException(
                ErrorType.METHOD_NOT_ALLOWED,
                "the method " + shown(method) + " is not supported here; supported: " + String.join(", ", allowed));
        return new ProblemDetails(CallerError.of(error), null, null, List.copyOf(allowed));
    }

    private static String shown(String method) {
        return method.length() > MAX_OF_METHOD ? method.substring(0, MAX_OF_METHOD) + "…" : method;
    }

    int status() {
        return error.status();
    }

    /** The headers of the response apart from its content type: {@code Retry-After}, {@code WWW-Authenticate}, {@code Allow}. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (error.error().more().get(CallerError.RETRY_AFTER) instanceof Number seconds) {
            headers.put("Retry-After", String.valueOf((long) Math.max(1, Math.ceil(seconds.doubleValue()))));
        }
        if (status() == NOT_IDENTIFIED) {
            headers.put("WWW-Authenticate", "Bearer");
        }
        if (!allowed.isEmpty()) {
            headers.put("Allow", String.join(", ", allowed));
        }
        return Collections.unmodifiableMap(headers);
    }

    Map<String, @Nullable Object> value() {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("type", error.error().type().word());
        value.put("title", title(error.error().type()));
        value.put("status", (long) status());
        value.put("detail", error.error().detail());
        if (run != null) {
            value.put("run", run);
        }
        if (step != null) {
            value.put("step", step);
        }
        error.more().forEach(value::putIfAbsent);
        return value;
    }

    /** The title of an error type: a fixed sentence for people. */
    static String title(ErrorType type) {
        return switch (type) {
            case BAD_INPUT -> "The request or its input is wrong.";
            case DENIED -> "The caller has no permission for this.";
            case NOT_FOUND -> "There is no such resource.";
            case METHOD_NOT_ALLOWED -> "The resource does not support this method.";
            case LIMIT -> "A limit was exceeded.";
            case CONFLICT -> "The request conflicts with the current state.";
            case TIMEOUT -> "The time limit was exceeded.";
            case CANCELLED -> "The run was cancelled.";
            case UNAVAILABLE -> "A required service is unavailable.";
            case BAD_RESPONSE -> "An upstream service returned an invalid response.";
            case QUERY -> "The database rejected a statement.";
            case EXPRESSION -> "An expression could not be evaluated.";
            case FILE -> "A file could not be read or written.";
            case FUNCTION -> "A function failed.";
            case FAILED -> "The plan ended with an error of its own.";
            case INTERNAL -> "Internal error of Muster.";
        };
    }
}
