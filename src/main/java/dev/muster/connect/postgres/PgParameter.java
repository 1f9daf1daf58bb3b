package dev.muster.connect.postgres;

import dev.muster.json.Json;
import dev.muster.text.Utf8;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Converts JSON values into the text form of Postgres parameters. */
final class PgParameter {
    private static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");
    private static final String BASE64 = "base64";

    private PgParameter() {}

    /**
     * The text of a value; null for null.
     *
     * @throws IllegalArgumentException if the value does not fit the type; the message has the expected and the given type
     */
    static @Nullable String of(@Nullable Object value, PgType type) {
        return value == null ? null : text(value, type);
    }

    private static String text(Object value, PgType type) {
        return switch (type.kind()) {
            case BOOLEAN -> bool(value, type);
            case WHOLE -> whole(value, type);
            case NUMBER -> number(value, type);
            case TEXT -> value instanceof String text ? sound(text) : wrong("text", value, type);
            case BYTES -> bytes(value, type);
            case JSON -> Json.write(value);
            case ARRAY -> {
                PgType element = Objects.requireNonNull(type.element());
                yield value instanceof List<?> list
                        ? PgArray.format(list, element.delimiter(), item -> text(item, element))
                        : wrong("a list", value, type);
            }
            case TIMESTAMP, TIMESTAMP_TZ, TIME_TZ, OTHER -> other(value, type);
        };
    }

    private static String bool(Object value, PgType type) {
        return value instanceof Boolean || value.equals("true") || value.equals("false")
                ? value.toString()
                : wrong("true or false", value, type);
    }

    private static String whole(Object value, PgType type) {
        BigDecimal number = decimal(value);
        if (number == null || number.stripTrailingZeros().scale() > 0) {
            return wrong("a whole number", value, type);
        }
        BigInteger whole = number.toBigIntegerExact();
        int bits = type.name().equals("int2") ? 15 : type.name().equals("int4") ? 31 : 63;
        boolean fits =
                type.name().equals("oid") ? whole.signum() >= 0 && whole.bitLength() <= 32 : whole.bitLength() <= bits;
        if (!fits) {
            throw new IllegalArgumentException("is a whole number beyond what " + type.name() + " can hold");
        }
        return whole.toString();
    }

    private static String number(Object value, PgType type) {
        if (value instanceof Double number && (!Double.isFinite(number) || number == 0)) {
            // BigDecimal has no negative zero.
            return number.toString();
        }
        if (value instanceof String text && NOT_FINITE.contains(text)) {
            return text;
        }
        BigDecimal number = decimal(value);
        return number == null ? wrong("a number", value, type) : number.toString();
    }

    private static @Nullable BigDecimal decimal(Object value) {
        try {
            boolean isNumber = value instanceof Number;
            boolean isText = value instanceof String text
                    && text.length() <= 1_000
                    // Java also reads digits of other scripts, which Postgres does not know.
                    && text.chars().allMatch(c -> c < 0x80);
            return isNumber || isText ? bounded(new BigDecimal(value.toString())) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Rejects extreme exponents, which the server would expand into as many digits. */
    private static @Nullable BigDecimal bounded(BigDecimal number) {
        return Math.abs((long) number.scale()) > 20_000 ? null : number;
    }

    /** Bytes from Base64 text, the form in which bytes are returned, bare or as {@code {base64: …}}. */
    private static String bytes(Object value, PgType type) {
        Object marked = value instanceof Map<?, ?> map && map.size() == 1 ? map.get(BASE64) : value;
        if (!(marked instanceof String text)) {
            return wrong("bytes as Base64 text or {base64: …}", value, type);
        }
        try {
            return "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be bytes as Base64 text, but is not Base64 (" + type.name() + ")", e);
        }
    }

    private static String other(Object value, PgType type) {
        if (value instanceof String text) {
            return sound(text);
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : wrong("text", value, type);
    }

    /** Checks that a text can be encoded in UTF-8 and contains no NUL, which Postgres cannot store. */
    private static String sound(String text) {
        if (text.indexOf(0) >= 0) {
            throw new IllegalArgumentException("has a NUL character, which Postgres cannot store in a text");
        }
        if (Utf8.hasHalf(text)) {
            throw new IllegalArgumentException(Utf8.HALF);
        }
        return text;
    }

    private static String wrong(String expected, Object value, PgType type) {
        String actual = value instanceof String
                ? "this text"
                : value instanceof Number
                        ? "this number"
                        : value instanceof Boolean ? "a truth value" : value instanceof Map ? "a map" : "a list";
        throw new IllegalArgumentException("must be " + expected + " (" + type.name() + "), not " + actual);
    }
}
