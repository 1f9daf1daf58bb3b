package dev.muster.service;

import dev.muster.access.KeysUnavailableException;
import dev.muster.access.TooManyTokensException;
import dev.muster.access.UnidentifiedException;
import dev.muster.connect.Receipt;
import dev.muster.connect.queue.QueueErrors;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.QueueException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as reported to callers, the same over HTTP and the event bus. Immutable. Causes and stack traces stay in the log.
 *
 * <p>The status is that of the error type, with these exceptions. {@code limit} {@linkplain #isForLackOfRoom for lack of room} is
 * 429. The types that reject the request itself ({@code badInput}, {@code denied}, {@code notFound}, {@code limit}) can override
 * the status, for example with 401 or 408, in a field {@code status}. In other types that field is the status of an upstream and is
 * reported as {@code upstreamStatus}. The status of {@code cancelled} depends on the field {@code by}: 499 if the caller left or
 * the field is absent, 503 if the node stops, 409 otherwise.
 *
 * @param error the error
 * @param status the HTTP status
 */
public record CallerError(MusterException error, int status) {

    /** The error field with the number of seconds after which the caller can retry. */
    public static final String RETRY_AFTER = "retryAfter";

    private static final Logger LOG = LoggerFactory.getLogger(CallerError.class);
    private static final String EFFECTS = "effects";
    private static final String STATUS = "status";
    private static final String BY = "by";
    private static final long NOT_IDENTIFIED = 401;
    private static final int TOO_MANY = 429;

    /** Tokens that are waiting to be checked now have been checked by then. */
    private static final long TOKENS_AGAIN_SECONDS = 1;

    /**
     * The error for any exception. An unexpected exception becomes {@code internal}: the log gets the stack trace under a random
     * id, and the caller gets the id.
     *
     * @param run the id of the run, for the log, or null
     * @param caller the name of the caller, for the log, or null
     */
    public static CallerError of(Throwable thrown, @Nullable String run, @Nullable String caller) {
        if (thrown instanceof MusterException error) {
            return of(error);
        }
        if (thrown instanceof QueueException refused) {
            return of(QueueErrors.of(refused));
        }
        if (thrown instanceof UnidentifiedException unknown) {
            return of(notIdentified(unknown.detail()));
        }
        if (thrown instanceof TooManyTokensException full) {
            return of(new MusterException(
                    ErrorType.LIMIT, full.detail(), Map.of(RETRY_AFTER, TOKENS_AGAIN_SECONDS), full));
        }
        return thrown instanceof KeysUnavailableException later
                ? of(new MusterException(ErrorType.UNAVAILABLE, later.detail(), later))
                : of(internal(thrown, run, caller));
    }

    /** The error with the status that belongs to its type and fields. */
    public static CallerError of(MusterException error) {
        if (isOfRequest(error.type()) && error.more().get(STATUS) instanceof Number other) {
            return new CallerError(error, other.intValue());
        }
        if (error.type() == ErrorType.CANCELLED) {
            return new CallerError(error, statusOfCancel(error.more().get(BY)));
        }
        return new CallerError(
                error, isForLackOfRoom(error) ? TOO_MANY : error.type().status());
    }

    /**
     * Whether the node rejected the request for a momentary lack of capacity, so that a retry can succeed. Such an error has a
     * field {@code retryAfter} (seconds), or {@code effects} instead if the run had changed something already.
     */
    public static boolean isForLackOfRoom(MusterException error) {
        return error.type() == ErrorType.LIMIT
                && (error.more().containsKey(RETRY_AFTER) || error.more().containsKey(EFFECTS));
    }

    private static int statusOfCancel(@Nullable Object by) {
        if (by == null || by.equals(Receipt.By.CALLER.word())) {
            return ErrorType.CANCELLED.status();
        }
        return by.equals(Receipt.By.NODE.word()) ? ErrorType.UNAVAILABLE.status() : ErrorType.CONFLICT.status();
    }

    /** The error of a request without credentials, or with an unknown key or token: {@code denied} with status 401. */
    public static MusterException notIdentified(String detail) {
        return new MusterException(ErrorType.DENIED, detail, Map.of(STATUS, NOT_IDENTIFIED), null);
    }

    /** The further fields of the error as reported to callers, in a new map. */
    public Map<String, Object> more() {
        var fields = new LinkedHashMap<String, Object>(error.more());
        Object status = fields.remove(STATUS);
        if (status != null && !isOfRequest(error.type())) {
            fields.putIfAbsent("upstreamStatus", status);
        }
        return fields;
    }

    /** Whether errors of this type reject a request, so that a {@code status} field cannot come from an upstream. */
    private static boolean isOfRequest(ErrorType type) {
        return switch (type) {
            case BAD_INPUT, DENIED, NOT_FOUND, LIMIT -> true;
            default -> false;
        };
    }

    private static MusterException internal(Throwable thrown, @Nullable String run, @Nullable String caller) {
        String id = UUID.randomUUID().toString().substring(0, 8);
        LOG.atError()
                .addKeyValue("run", run)
                .addKeyValue("caller", caller)
                .setCause(thrown)
                .log("internal error {}", id);
        return new MusterException(
                ErrorType.INTERNAL, "internal error; the log has the details under " + id, Map.of("id", id), thrown);
    }
}
