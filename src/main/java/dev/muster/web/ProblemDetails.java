package dev.muster.web;

import dev.muster.dispatch.CallerError;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.RunFailure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as an HTTP answer: problem details (RFC 9457) with {@code type}, {@code title}, {@code status}, {@code detail},
 * {@code run} and {@code step}, and the error's further fields behind them. Immutable.
 *
 * <p>{@code type} is the word of the plan language's table, a relative reference; {@link CallerError} says which status it has.
 */
public final class ProblemDetails {

    /** What an answer with problem details says it is. */
    public static final String CONTENT_TYPE = "application/problem+json";

    private static final int NOT_IDENTIFIED = 401;
    private static final int MOST_OF_METHOD = 32;

    private final CallerError error;
    private final int status;
    private final @Nullable String run;
    private final @Nullable String step;
    private final List<String> allowed;

    private ProblemDetails(
            CallerError error, int status, @Nullable String run, @Nullable String step, List<String> allowed) {
        this.error = error;
        this.status = status;
        this.run = run;
        this.step = step;
        this.allowed = allowed;
    }

    /** Of an error that belongs to no run. What is no {@link MusterException} is ours: it is logged, with an id that is told. */
    public static ProblemDetails of(Throwable thrown) {
        return thrown(thrown, null, null);
    }

    /** Of an error, the run it belongs to, and who asked. */
    public static ProblemDetails thrown(Throwable thrown, @Nullable String run, @Nullable String caller) {
        return of(CallerError.of(thrown, run, caller), run, null);
    }

    /** Of an error, and the run and its step that it belongs to. */
    public static ProblemDetails of(MusterException error, @Nullable String run, @Nullable String step) {
        return of(CallerError.of(error), run, step);
    }

    private static ProblemDetails of(CallerError error, @Nullable String run, @Nullable String step) {
        return new ProblemDetails(error, error.status(), run, step, List.of());
    }

    /** Of a run that is not done. */
    public static ProblemDetails of(RunFailure failure, String run) {
        return of(failure.error(), run, failure.step());
    }

    /** Of a request by a method that its path does not have: 405 with {@code Allow}. */
    public static ProblemDetails otherMethods(String method, List<String> allowed) {
        MusterException error = new MusterException(
                ErrorType.METHOD_NOT_ALLOWED,
                "nothing answers " + shown(method) + " here; there is " + String.join(", ", allowed));
        return new ProblemDetails(
                CallerError.of(error), ErrorType.METHOD_NOT_ALLOWED.status(), null, null, List.copyOf(allowed));
    }

    private static String shown(String method) {
        return method.length() > MOST_OF_METHOD ? method.substring(0, MOST_OF_METHOD) + "…" : method;
    }

    /** The same by another status of HTTP that says more: 406, 415, 431 say. */
    public ProblemDetails withStatus(int other) {
        return new ProblemDetails(error, other, run, step, allowed);
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** The headers that such an answer needs beside its content type: {@code Retry-After}, {@code WWW-Authenticate}, {@code Allow}. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (error.error().more().get(CallerError.RETRY_AFTER) instanceof Number seconds) {
            headers.put("Retry-After", String.valueOf((long) Math.max(1, Math.ceil(seconds.doubleValue()))));
        }
        if (status == NOT_IDENTIFIED) {
            headers.put("WWW-Authenticate", "Bearer");
        }
        if (!allowed.isEmpty()) {
            headers.put("Allow", String.join(", ", allowed));
        }
        return Collections.unmodifiableMap(headers);
    }

    /** The body as a JSON value. */
    public Map<String, @Nullable Object> value() {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("type", error.error().type().word());
        value.put("title", title(error.error().type()));
        value.put("status", (long) status);
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

    /** The body. */
    public byte[] bytes() {
        return Json.writeBytes(value());
    }

    /** What kind of error it is, for people; the same sentence for each of a type. */
    static String title(ErrorType type) {
        return switch (type) {
            case BAD_INPUT -> "The request or its input is wrong.";
            case DENIED -> "The caller may not do this.";
            case NOT_FOUND -> "There is nothing of that name here.";
            case METHOD_NOT_ALLOWED -> "What is there does not know this method.";
            case LIMIT -> "A bound was passed.";
            case CONFLICT -> "The state has changed in the meantime.";
            case TIMEOUT -> "Time ran out.";
            case CANCELLED -> "The run was cancelled.";
            case UNAVAILABLE -> "Something that is needed cannot be reached.";
            case BAD_RESPONSE -> "An upstream gave a wrong answer.";
            case QUERY -> "The database rejected a statement.";
            case EXPRESSION -> "An expression could not be computed.";
            case FILE -> "A file could not be used.";
            case FUNCTION -> "A function failed.";
            case FAILED -> "The plan ended with a failure of its own.";
            case INTERNAL -> "Something went wrong inside Muster.";
        };
    }
}
