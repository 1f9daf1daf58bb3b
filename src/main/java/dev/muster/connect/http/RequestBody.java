package dev.muster.connect.http;

import dev.muster.config.Sizes;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonTooLargeException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value as the body of a request: text as it is if the request has a content type of its own, else JSON. The content type
 * determines the character encoding. Safe on any thread.
 *
 * @param plain whether the value is text that is sent as it is
 */
record RequestBody(@Nullable Object value, boolean plain, TextEncoding encoding, HttpSource source) {

    /** A larger body is written on a worker thread, because writing would block the loop for some milliseconds. */
    private static final int WRITTEN_ON_THE_LOOP_BYTES = 256 << 10;

    /**
     * Creates the body of a value. If the headers have no content type, sets the one of JSON.
     *
     * @throws MusterException of type {@link ErrorType#BAD_INPUT} if the content type names an unknown charset
     */
    static RequestBody of(@Nullable Object value, MultiMap headers, HttpSource source) {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        if (type == null) {
            headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
            return new RequestBody(value, false, TextEncoding.UTF_8, source);
        }
        String label = TextEncoding.label(type.toLowerCase(Locale.ROOT));
        boolean plain = value instanceof String;
        TextEncoding encoding = TextEncoding.of(label, !plain);
        if (encoding == null) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "body: the content type names the unknown charset \"" + Printable.phrase(label, 40)
                            + "\"; utf-8 has all characters");
        }
        return new RequestBody(value, plain, encoding, source);
    }

    /**
     * The bytes if the body is small; empty if it has to be written on a worker thread. Writing stops at the limit, which is
     * cheaper than measuring first.
     *
     * @throws MusterException as {@link #bytes} does
     */
    Optional<byte[]> small() {
        int limit = source.settings().maxRequest();
        if (plain && String.valueOf(value).length() > Math.min(limit, WRITTEN_ON_THE_LOOP_BYTES)) {
            return ifAllowed(limit);
        }
        if (plain) {
            return Optional.of(bytes());
        }
        try {
            return Optional.of(written(Math.min(limit, WRITTEN_ON_THE_LOOP_BYTES)));
        } catch (JsonTooLargeException e) {
            return ifAllowed(limit);
        }
    }

    private Optional<byte[]> ifAllowed(int limit) {
        if (limit <= WRITTEN_ON_THE_LOOP_BYTES) {
            throw tooLarge();
        }
        return Optional.empty();
    }

    /**
     * All bytes of the body.
     *
     * @throws MusterException of type {@link ErrorType#LIMIT} if the body is larger than the source's {@code maxRequest}, of
     *     type {@link ErrorType#BAD_INPUT} if the value cannot be written
     */
    byte[] bytes() {
        int limit = source.settings().maxRequest();
        if (!plain) {
            try {
                return written(limit);
            } catch (JsonTooLargeException e) {
                throw tooLarge();
            }
        }
        String text = String.valueOf(value);
        // A character takes at least one byte, so a far too large text is not even copied.
        if (text.length() > limit) {
            throw tooLarge();
        }
        byte[] bytes;
        try {
            bytes = encoding.encode(text);
        } catch (IllegalArgumentException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "body: " + e.getMessage(), e);
        }
        if (bytes.length > limit) {
            throw tooLarge();
        }
        return bytes;
    }

    private byte[] written(int limit) {
        try {
            byte[] json = Json.writeBytes(value, limit);
            return encoding.isUtf8() ? json : encoding.encode(new String(json, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "body: " + e.getMessage(), e);
        } catch (JsonTooLargeException e) {
            throw e;
        } catch (JsonException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "body: " + e.reason());
        }
    }

    private MusterException tooLarge() {
        return new MusterException(
                ErrorType.LIMIT,
                "body: it is larger than " + Sizes.format(source.settings().maxRequest()) + " (maxRequest of source "
                        + source.name() + ")");
    }
}
