package dev.muster.connect.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.bulk.BulkWriteError;
import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonMaximumSizeExceededException;
import org.jspecify.annotations.Nullable;

/**
 * The translation of the driver's failures into clear messages and the error types of the plan language. Only messages of the
 * server are quoted, because the driver's own can contain the address.
 */
final class MongoErrors {
    private static final int CHARACTERS = 500;

    private MongoErrors() {}

    /**
     * The error of a step.
     *
     * @param sent whether a command was sent; if not, a time-out was spent on finding a server
     * @param expired the time limit of the command, if a time-out is due to it
     */
    static MusterException of(
            Throwable thrown, MongoSource source, String what, boolean sent, Optional<Duration> expired) {
        if (thrown instanceof MusterException known) {
            return known;
        }
        if (isUnreadable(thrown, source, sent)) {
            return new MusterException(
                    ErrorType.BAD_RESPONSE,
                    what + ": the answer cannot be read: " + Printable.phrase(reason(deepest(thrown)), 200),
                    thrown);
        }
        if (thrown instanceof IllegalStateException) {
            return closed(source, thrown);
        }
        if (thrown instanceof BsonMaximumSizeExceededException) {
            return new MusterException(
                    ErrorType.LIMIT,
                    what + ": a document or command is larger than 16 MiB, MongoDB's own bound; split it",
                    thrown);
        }
        if (thrown instanceof MongoBulkWriteException writes) {
            return ofWrites(writes, what);
        }
        if (thrown instanceof MongoWriteException write) {
            return rejected(
                    what, write.getError().getCode(), "", write.getError().getMessage(), thrown);
        }
        if (thrown instanceof MongoWriteConcernException late) {
            return rejected(
                    what,
                    late.getWriteConcernError().getCode(),
                    late.getWriteConcernError().getCodeName(),
                    "it is written, but not confirmed as the address requires: "
                            + late.getWriteConcernError().getMessage(),
                    thrown);
        }
        boolean isTime =
                thrown instanceof MongoExecutionTimeoutException || thrown instanceof MongoOperationTimeoutException;
        if (isTime && sent) {
            return timeout(what, ServerCodes.TIME_EXPIRED, thrown);
        }
        if (NoServer.matches(thrown) || isTime) {
            return unavailable(what, source, thrown, expired);
        }
        if (thrown instanceof MongoCommandException command) {
            return rejected(
                    what, command.getErrorCode(), command.getErrorCodeName(), command.getErrorMessage(), thrown);
        }
        if (thrown instanceof MongoServerException server) {
            return rejected(what, server.getCode(), "", String.valueOf(server.getMessage()), thrown);
        }
        if (thrown instanceof MongoException) {
            return new MusterException(
                    ErrorType.BAD_RESPONSE,
                    what + ": the driver cannot use the answer ("
                            + thrown.getClass().getSimpleName() + ")",
                    thrown);
        }
        return new MusterException(
                ErrorType.BAD_INPUT,
                what + ": the driver rejects the command: "
                        + Printable.phrase(String.valueOf(thrown.getMessage()), 200),
                thrown);
    }

    /**
     * Whether the driver failed while it read a response: a command was sent, and the failure is neither an error of the server
     * or the driver, nor a lost connection.
     */
    private static boolean isUnreadable(Throwable thrown, MongoSource source, boolean sent) {
        Throwable deepest = deepest(thrown);
        boolean isReported = deepest instanceof MongoException
                || deepest instanceof MusterException
                || deepest instanceof BsonMaximumSizeExceededException;
        boolean isOfReading = deepest instanceof RuntimeException || deepest instanceof StackOverflowError;
        return sent && isOfReading && !isReported && !source.isClosed();
    }

    private static Throwable deepest(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    private static String reason(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
    }

    static MusterException closed(MongoSource source, Throwable thrown) {
        return new MusterException(ErrorType.UNAVAILABLE, "source " + source.name() + " is closed", thrown);
    }

    static MusterException tooMany(MongoSource source, String what) {
        return new MusterException(
                ErrorType.LIMIT,
                what + " returns more than " + source.settings().maxRows() + " documents (maxRows of source "
                        + source.name() + "); set limit, or stream them into an each");
    }

    static MusterException tooLarge(MongoSource source, String what, boolean isStream) {
        return new MusterException(
                ErrorType.LIMIT,
                what + (isStream ? " returns a document of" : " returns documents of") + " more than "
                        + Sizes.format(source.settings().maxResponse()) + " (maxResponse of source " + source.name()
                        + ")");
    }

    private static MusterException ofWrites(MongoBulkWriteException writes, String what) {
        if (writes.getWriteErrors().isEmpty()) {
            String message = writes.getWriteConcernError() == null
                    ? "the server gives no reason"
                    : writes.getWriteConcernError().getMessage();
            int code = writes.getWriteConcernError() == null
                    ? 0
                    : writes.getWriteConcernError().getCode();
            return rejected(what, code, "", "it is written, but not confirmed: " + message, writes);
        }
        BulkWriteError first = writes.getWriteErrors().get(0);
        ErrorType type = ServerCodes.type(first.getCode());
        if (type == ErrorType.TIMEOUT) {
            return timeout(what, first.getCode(), writes);
        }
        int done = writes.getWriteResult().getInsertedCount();
        var more = ServerCodes.more(first.getCode(), "");
        more.put("index", (long) first.getIndex());
        more.put("inserted", (long) done);
        more.put("rejected", (long) writes.getWriteErrors().size());
        return new MusterException(
                type,
                what + ": documents[" + first.getIndex() + "]: "
                        + Printable.phrase(ServerCodes.withoutValues(first.getCode(), first.getMessage()), CHARACTERS)
                        + " ("
                        + ServerCodes.shown(first.getCode(), "") + "); inserted: " + done,
                more,
                writes);
    }

    private static MusterException rejected(
            String what, int code, @Nullable String codeName, String message, Throwable thrown) {
        if (code <= 0 && message.isBlank()) {
            return new MusterException(
                    ErrorType.BAD_RESPONSE,
                    what + ": the answer cannot be read: it has neither a result nor an error",
                    thrown);
        }
        ErrorType type = ServerCodes.type(code);
        if (type == ErrorType.TIMEOUT) {
            return timeout(what, code, thrown);
        }
        String name = codeName == null ? "" : codeName;
        return new MusterException(
                type,
                what + ": " + Printable.phrase(ServerCodes.withoutValues(code, message), CHARACTERS) + " ("
                        + ServerCodes.shown(code, name) + ")",
                ServerCodes.more(code, name),
                thrown);
    }

    private static MusterException timeout(String what, int code, Throwable thrown) {
        return new MusterException(
                ErrorType.TIMEOUT,
                what + ": the server ended it at the time limit of the step or of the server (code " + code + ")",
                ServerCodes.more(code, ""),
                thrown);
    }

    private static MusterException unavailable(
            String what, MongoSource source, Throwable thrown, Optional<Duration> expired) {
        String why = NoServer.why(thrown, source, expired);
        var more = thrown instanceof MongoException server && server.getCode() > 0
                ? ServerCodes.more(server.getCode(), "")
                : Map.<String, Object>of();
        return new MusterException(ErrorType.UNAVAILABLE, what + ": " + why, more, thrown);
    }
}
