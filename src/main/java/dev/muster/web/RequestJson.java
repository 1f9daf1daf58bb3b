package dev.muster.web;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads bodies of requests as JSON. */
final class RequestJson {

    /** What is longer is read off the loop, which it would hold for some milliseconds, and for more before the JVM is warm. */
    private static final int LARGE = 64 << 10;

    private RequestJson() {}

    /** The value of a body, as {@link #parse} gives it; at once where the body is small. */
    static Future<@Nullable Object> read(Incoming incoming, Buffer body) {
        if (body.length() <= LARGE) {
            return Future.succeededFuture(parse(incoming, body));
        }
        MemoryBudget.Share memory = incoming.memory();
        return incoming.desk().node().offLoop(() -> parse(memory, body));
    }

    /**
     * The value of a body.
     *
     * @throws MusterException of type {@code badInput} that says what is wrong, and where; {@code limit} where the node has no
     *     memory for it
     */
    static @Nullable Object parse(Incoming incoming, Buffer body) {
        return parse(incoming.memory(), body);
    }

    private static @Nullable Object parse(MemoryBudget.Share memory, Buffer body) {
        try {
            return Json.parse(body.getBytes(), memory);
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body of the request is not JSON: " + e.getMessage(), e);
        }
    }
}
