package dev.muster.connect.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
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
import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.BsonMaximumSizeExceededException;
import org.jspecify.annotations.Nullable;

/**
 * What the driver says, in plain words and by the types of the plan language. Only the server's own messages are passed on:
 * the driver's may quote the address.
 */
final class MongoErrors {
    private static final int CHARACTERS = 500;
    private static final int TIME_EXPIRED = 50;
    private static final int TOO_LARGE = 10334;

    /** Names of codes that come with single writes, where the server sends the number alone. */
    private static final int DUPLICATE = 11000;

    private static final Map<Integer, String> NAMES =
            Map.of(DUPLICATE, "DuplicateKey", 121, "DocumentValidationFailure", 2, "BadValue", 9, "FailedToParse");

    private MongoErrors() {}

    /**
     * The error of a step.
     *
     * @param sent whether a command has been sent: without one, time was lost in finding a server
     */
    static MusterException of(Throwable thrown, MongoSource source, String what, boolean sent) {
        if (thrown instanceof IllegalStateException && !(thrown instanceof MongoClientException)) {
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
                    "it is written, but not confirmed as the address asks: "
                            + late.getWriteConcernError().getMessage(),
                    thrown);
        }
        boolean isTime =
                thrown instanceof MongoExecutionTimeoutException || thrown instanceof MongoOperationTimeoutException;
        if (isTime && sent) {
            return timeout(what, thrown);
        }
        if (NoServer.isSaidBy(thrown) || isTime) {
            return unavailable(what, source, thrown);
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
                what + ": the driver refuses the command: " + Shown.text(String.valueOf(thrown.getMessage()), 200),
                thrown);
    }

    static MusterException closed(MongoSource source, Throwable thrown) {
        return new MusterException(ErrorType.UNAVAILABLE, "source " + source.name() + " is closed", thrown);
    }

    static MusterException tooMany(MongoSource source, String what) {
        return new MusterException(
                ErrorType.LIMIT,
                what + " gives more than " + source.settings().maxRows() + " documents (maxRows of source "
                        + source.name() + "); say limit, or let them flow into each");
    }

    static MusterException tooLarge(MongoSource source, String what, Bounds bounds) {
        return new MusterException(
                ErrorType.LIMIT,
                what + (bounds.flowing() ? " gives a document of" : " gives documents of") + " more than "
                        + Sizes.format(bounds.bytes()) + " (maxResponse of source " + source.name() + ")");
    }

    private static MusterException ofWrites(MongoBulkWriteException writes, String what) {
        if (writes.getWriteErrors().isEmpty()) {
            String message = writes.getWriteConcernError() == null
                    ? "the server does not say why"
                    : writes.getWriteConcernError().getMessage();
            int code = writes.getWriteConcernError() == null
                    ? 0
                    : writes.getWriteConcernError().getCode();
            return rejected(what, code, "", "it is written, but not confirmed: " + message, writes);
        }
        BulkWriteError first = writes.getWriteErrors().get(0);
        if (first.getCode() == TIME_EXPIRED) {
            return timeout(what, writes);
        }
        int done = writes.getWriteResult().getInsertedCount();
        var more = codes(first.getCode(), "");
        more.put("index", (long) first.getIndex());
        more.put("inserted", (long) done);
        more.put("rejected", (long) writes.getWriteErrors().size());
        return new MusterException(
                ErrorType.QUERY,
                what + ": documents[" + first.getIndex() + "]: "
                        + Shown.text(withoutValues(first.getCode(), first.getMessage()), CHARACTERS) + " ("
                        + name(first.getCode(), "") + "); inserted: " + done,
                more,
                writes);
    }

    /** No message repeats a value: what stands twice in an index may be somebody's address. */
    private static String withoutValues(int code, String message) {
        int at = code == DUPLICATE ? message.indexOf(" dup key:") : -1;
        return at < 0 ? message : message.substring(0, at);
    }

    private static MusterException rejected(
            String what, int code, @Nullable String codeName, String message, Throwable thrown) {
        if (code == TIME_EXPIRED) {
            return timeout(what, thrown);
        }
        String said = name(code, codeName == null ? "" : codeName);
        return new MusterException(
                code == TOO_LARGE ? ErrorType.LIMIT : ErrorType.QUERY,
                what + ": " + Shown.text(withoutValues(code, message), CHARACTERS) + " (" + said + ")",
                codes(code, codeName == null ? "" : codeName),
                thrown);
    }

    private static Map<String, Object> codes(int code, String codeName) {
        var codes = new LinkedHashMap<String, Object>();
        codes.put("code", (long) code);
        String name = codeName.isEmpty() ? NAMES.getOrDefault(code, "") : codeName;
        if (!name.isEmpty()) {
            codes.put("codeName", name);
        }
        return codes;
    }

    private static String name(int code, String codeName) {
        String name = codeName.isEmpty() ? NAMES.getOrDefault(code, "") : codeName;
        return "code " + code + (name.isEmpty() ? "" : ", " + name);
    }

    private static MusterException timeout(String what, Throwable thrown) {
        return new MusterException(
                ErrorType.TIMEOUT, what + ": the server ended it when the step's time was over (code 50)", thrown);
    }

    private static MusterException unavailable(String what, MongoSource source, Throwable thrown) {
        String why = NoServer.why(thrown, source);
        var more = thrown instanceof MongoException server && server.getCode() > 0
                ? codes(server.getCode(), "")
                : Map.<String, Object>of();
        return new MusterException(ErrorType.UNAVAILABLE, what + ": " + why, more, thrown);
    }
}
