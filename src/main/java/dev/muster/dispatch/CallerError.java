package dev.muster.dispatch;

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
 * An error as callers outside are told of it, by HTTP and event bus alike. Immutable. Causes and stacks stay in the log.
 *
 * <p>The status is the table's, but: {@code limit} {@linkplain #isForLackOfRoom for lack of room} is 429, and where the request itself
 * is refused ({@code badInput}, {@code denied}, {@code notFound}, {@code limit}) a field {@code status} says another one, 401
 * or 408 say. The field {@code status} of the other types is an upstream's and is called {@code upstreamStatus} here. The status
 * of {@code cancelled} goes by its field {@code by}: 499 where the caller left, 503 where the node stops, 409 otherwise.
 *
 * @param error the error
 * @param status the status of HTTP that says the same
 */
public record CallerError(MusterException error, int status) {

    /** The further field that has a caller come back later, in seconds. */
    public static final String RETRY_AFTER = "retryAfter";

    private static final Logger LOG = LoggerFactory.getLogger(CallerError.class);
    private static final String EFFECTS = "effects";
    private static final String STATUS = "status";
    private static final String BY = "by";
    private static final long NOT_IDENTIFIED = 401;
    private static final int TOO_MANY = 429;

    /** By then all that waits now has been looked at. */
    private static final long TOKENS_AGAIN_SECONDS = 1;

    /**
     * Of whatever was thrown. What nobody foresaw is ours: it is logged, with an id that is told.
     *
     * @param run the run that it belongs to, for the log, or null
     * @param caller the name of who asked, for the log, or null
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

    /** Of an error of the table. */
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
     * Whether the node had no room at that moment, so that the same may go well another time: a field {@code retryAfter} (seconds)
     * says so, or {@code effects} in its place where a run had changed something before.
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

    /** The error of a caller who did not say who it is, or whose key is none. */
    public static MusterException notIdentified(String detail) {
        return new MusterException(ErrorType.DENIED, detail, Map.of(STATUS, NOT_IDENTIFIED), null);
    }

    /** The error's further fields, as they are told. */
    public Map<String, Object> more() {
        var told = new LinkedHashMap<String, Object>(error.more());
        Object status = told.remove(STATUS);
        if (status != null && !isOfRequest(error.type())) {
            told.putIfAbsent("upstreamStatus", status);
        }
        return told;
    }

    /** Whether errors of this type refuse a request, with nothing upstream that could have said a status of its own. */
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
                ErrorType.INTERNAL, "a fault of ours; the log has it under " + id, Map.of("id", id), thrown);
    }
}
