package dev.muster.connect.cpu;

import dev.muster.text.Utf8;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts between JSON values and bytes: text stands for its UTF-8 bytes, {@code {base64: …}} for the decoded bytes. */
final class Bytes {
    private static final String BASE64 = "base64";

    private Bytes() {}

    static byte[] of(@Nullable Object with) {
        if (with instanceof String text) {
            return utf8(text);
        }
        return marked(with);
    }

    /** The bytes of standard Base64 text, given bare or as {@code {base64: …}}. */
    static byte[] ofBase64(@Nullable Object with) {
        return with instanceof String text ? decoded(Base64.getDecoder(), text) : marked(with);
    }

    static byte[] decoded(Base64.Decoder decoder, String text) {
        try {
            return decoder.decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the text is not Base64: " + e.getMessage(), e);
        }
    }

    static String text(byte[] utf8) {
        try {
            return Utf8.decode(utf8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the result is not text in UTF-8", e);
        }
    }

    private static byte[] utf8(String text) {
        try {
            return Utf8.encode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the text has an unpaired surrogate, which UTF-8 cannot encode", e);
        }
    }

    private static byte[] marked(@Nullable Object with) {
        if (with instanceof Map<?, ?> map && map.size() == 1 && map.get(BASE64) instanceof String text) {
            return decoded(Base64.getDecoder(), text);
        }
        throw new IllegalArgumentException("with: must be text or {base64: …}, not " + kind(with));
    }

    static String kind(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String) {
            return "text";
        }
        if (value instanceof Boolean) {
            return value.toString();
        }
        return value instanceof Number ? "a number" : value instanceof Map ? "a map" : "a list";
    }
}
