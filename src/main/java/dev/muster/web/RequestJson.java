package dev.muster.web;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads bodies of requests as JSON. */
final class RequestJson {

    private RequestJson() {}

    /**
     * The value of a body.
     *
     * @throws MusterException of type {@code badInput} that says what is wrong, and where; {@code limit} where the node has no
     *     memory for it
     */
    static @Nullable Object parse(Incoming incoming, Buffer body) {
        try {
            return Json.parse(body.getBytes(), incoming.memory());
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body of the request is not JSON: " + e.getMessage(), e);
        }
    }
}
