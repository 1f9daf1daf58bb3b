package dev.muster.connect.postgres;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** JSON values out of the text that Postgres writes: dates in ISO, intervals in ISO 8601, bytes in hexadecimal digits. */
final class PgValue {
    private static final Pattern ZONE = Pattern.compile("([+-]\\d\\d)(:\\d\\d)?(:\\d\\d)?(?= BC|$)");
    private static final int LONG_DIGITS = 18;

    private PgValue() {}

    /**
     * The value.
     *
     * @throws IllegalArgumentException if it cannot be a JSON value
     */
    static @Nullable Object of(String text, PgType type) {
        return switch (type.kind()) {
            case BOOLEAN -> text.equals("t");
            case WHOLE -> Long.valueOf(text);
            case NUMBER -> number(text);
            case BYTES -> Base64.getEncoder().encodeToString(HexFormat.of().parseHex(text, 2, text.length()));
            case JSON -> json(text);
            case TIMESTAMP -> withT(text);
            case TIMESTAMP_TZ -> zoned(withT(text));
            case TIME_TZ -> zoned(text);
            case ARRAY -> {
                PgType element = Objects.requireNonNull(type.element());
                yield PgArray.parse(text, element.delimiter(), item -> of(item, element));
            }
            case TEXT, OTHER -> text;
        };
    }

    /** Whole numbers are whole, others exact; {@code NaN} and the infinities are text. */
    private static Object number(String text) {
        char last = text.charAt(text.length() - 1);
        if (!Character.isDigit(last)) {
            return text;
        }
        if (text.equals("-0")) {
            return -0.0;
        }
        if (text.length() <= LONG_DIGITS && isWhole(text)) {
            return Long.valueOf(text);
        }
        BigDecimal number = new BigDecimal(text);
        if (!isWhole(text)) {
            return number;
        }
        BigInteger whole = number.toBigIntegerExact();
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    private static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isDigit(text.charAt(i)) && (i > 0 || text.charAt(0) != '-')) {
                return false;
            }
        }
        return true;
    }

    /** The type {@code json} keeps any text that may be JSON, also a key that is there twice, of which a map keeps one. */
    private static @Nullable Object json(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException e) {
            return text;
        }
    }

    /** Between day and time; by hand, as a pattern would be compiled for each value of each row. */
    private static String withT(String text) {
        int at = text.indexOf(' ');
        boolean isBeforeTime = at >= 0 && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
        return isBeforeTime ? text.substring(0, at) + 'T' + text.substring(at + 1) : text;
    }

    /** Postgres leaves out minutes of an offset that are zero. */
    private static String zoned(String text) {
        Matcher zone = ZONE.matcher(text);
        if (!zone.find()) {
            return text;
        }
        String seconds = zone.group(3) == null ? "" : zone.group(3);
        String offset = zone.group(1) + (zone.group(2) == null ? ":00" : zone.group(2)) + seconds;
        return zone.replaceFirst(offset.equals("+00:00") ? "Z" : offset);
    }
}
