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

/** Parses request bodies as JSON. */
final class RequestJson {

    /**
     * The size above which a body is parsed off the loop, in bytes. Parsing it takes some milliseconds, and more before the JVM is
     * warm.
     */
    private static final int LARGE = 64 << 10;

    private RequestJson() {}

    /** Parses a body as {@link #parse} does; at once if it is small, else off the loop. */
    static Future<@Nullable Object> read(RequestContext context, Buffer body) {
        return read(context, body, memory -> parse(memory, body));
    }

    /**
     * Converts a body; at once if it is small, else off the loop.
     *
     * @param reading converts the body, and charges its memory to the given share
     */
    static <T extends @Nullable Object> Future<T> read(
            RequestContext context, Buffer body, Function<MemoryBudget.Share, T> reading) {
        MemoryBudget.Share memory = context.memory();
        return body.length() <= LARGE
                ? Future.succeededFuture(reading.apply(memory))
                : context.server().node().offLoop(() -> reading.apply(memory));
    }

    /**
     * Parses a body.
     *
     * @throws MusterException of type {@code badInput} with the problem and its position; {@code limit} if the memory budget is
     *     exhausted
     */
    static @Nullable Object parse(MemoryBudget.Share memory, Buffer body) {
        byte[] bytes = body.getBytes();
        return parse(memory, bytes, 0, bytes.length, 1);
    }

    /**
     * Parses a part of a body.
     *
     * @param line the line of the body at which the part begins, from 1
     */
    static @Nullable Object parse(MemoryBudget.Share memory, byte[] body, int from, int length, int line) {
        try {
            return Json.parse(body, from, length, line, JsonLimits.DEFAULT, memory);
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, describe(e), e);
        }
    }

    static String describe(JsonException wrong) {
        return "the body of the request is not JSON: " + wrong.getMessage();
    }
}
