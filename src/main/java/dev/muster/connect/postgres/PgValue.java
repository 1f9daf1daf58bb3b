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

/** Converts Postgres text into JSON values. The session uses ISO dates, ISO 8601 intervals and hexadecimal bytes. */
final class PgValue {
    private static final Pattern ZONE = Pattern.compile("([+-]\\d\\d)(:\\d\\d)?(:\\d\\d)?(?= BC|$)");
    private static final int LONG_DIGITS = 18;

    private PgValue() {}

    /**
     * The JSON value of a text.
     *
     * @throws IllegalArgumentException if the text has no JSON form
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

    /** Integers become Long or BigInteger, other numbers BigDecimal; {@code NaN} and the infinities stay text. */
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

    /**
     * Parses JSON, or returns its text if it cannot become a value. The type {@code json} can hold such text, for example duplicate
     * keys.
     */
    private static @Nullable Object json(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException e) {
            return text;
        }
    }

    /** Replaces the blank between date and time. Written by hand, because a pattern would run for each value of each row. */
    private static String withT(String text) {
        int at = text.indexOf(' ');
        boolean isBeforeTime = at >= 0 && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
        return isBeforeTime ? text.substring(0, at) + 'T' + text.substring(at + 1) : text;
    }

    /** Completes the offset, from which Postgres omits zero minutes. */
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
