package dev.muster.web;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads bodies of requests as JSON. */
final class RequestJson {

    /** What is longer is read off the loop, which it would hold for some milliseconds, and for more before the JVM is warm. */
    private static final int LARGE = 64 << 10;

    private RequestJson() {}

    /** The value of a body, as {@link #parse} gives it; at once where the body is small. */
    static Future<@Nullable Object> read(Incoming incoming, Buffer body) {
        return read(incoming, body, memory -> parse(memory, body));
    }

    /** What is made of a body, which takes memory; at once where the body is small, else off the loop. */
    static <T extends @Nullable Object> Future<T> read(
            Incoming incoming, Buffer body, Function<MemoryBudget.Share, T> reading) {
        MemoryBudget.Share memory = incoming.memory();
        return body.length() <= LARGE
                ? Future.succeededFuture(reading.apply(memory))
                : incoming.desk().node().offLoop(() -> reading.apply(memory));
    }

    /**
     * The value of a body.
     *
     * @throws MusterException of type {@code badInput} that says what is wrong, and where; {@code limit} where the node has no
     *     memory for it
     */
    static @Nullable Object parse(MemoryBudget.Share memory, Buffer body) {
        byte[] bytes = body.getBytes();
        return parse(memory, bytes, 0, bytes.length, 1);
    }

    /**
     * The value of a part of a body.
     *
     * @param line at which line of the body the part begins, from 1
     */
    static @Nullable Object parse(MemoryBudget.Share memory, byte[] body, int from, int length, int line) {
        try {
            return Json.parse(body, from, length, line, JsonLimits.DEFAULT, memory);
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, describe(e), e);
        }
    }

    /** What is said of a body that is none. */
    static String describe(JsonException wrong) {
        return "the body of the request is not JSON: " + wrong.getMessage();
    }
}
