package dev.muster.web;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
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
     * @throws MusterException of type {@code badInput} that says what is wrong, and where
     */
    static @Nullable Object parse(Buffer body) {
        byte[] bytes = body.getBytes();
        return parse(bytes, 0, bytes.length, 1);
    }

    /**
     * The value of a part of a body.
     *
     * @param line at which line of the body the part begins, from 1
     */
    static @Nullable Object parse(byte[] body, int from, int length, int line) {
        try {
            return Json.parse(body, from, length, line, JsonLimits.DEFAULT);
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, describe(e), e);
        }
    }

    /** What is said of a body that is none. */
    static String describe(JsonException wrong) {
        return "the body of the request is not JSON: " + wrong.getMessage();
    }
}
