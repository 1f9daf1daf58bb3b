package dev.muster.connect.mysql;

import dev.muster.config.Amounts;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.internal.ArrayTuple;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binds JSON values to the placeholders of a statement.
 *
 * <p>The server does not report the types it expects and converts what it receives, so each value is sent as its own type. Two
 * forms express what JSON cannot: {@code {base64: …}} for bytes, and {@code {text: …}} for text that looks like a time with a zone.
 */
final class Parameters {
    private static final String BYTES = "base64";
    private static final String TEXT = "text";

    /** MySQL decimals have at most 65 digits. Beyond this bound, writing all digits would only use memory. */
    private static final int PLAIN_DIGITS = 1_000;

    /** A time with a zone. MySQL rejects the zone in some places and ignores it in others. */
    private static final Pattern INSTANT =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

    private final String source;
    private final long maxBytes;
    private long bytes;

    private Parameters(String source, long maxBytes) {
        this.source = source;
        this.maxBytes = maxBytes;
    }

    /**
     * Binds the values.
     *
     * @param source name of the source, for messages
     * @param expected number of placeholders in the statement
     * @param maxBytes the server's largest packet, in bytes
     * @throws MusterException of type {@code badInput} that names the parameter that does not fit; of type {@code limit} if the
     *     parameters exceed the largest packet
     */
    static Tuple bind(String source, List<? extends @Nullable Object> values, int expected, long maxBytes) {
        if (values.size() != expected) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    source + ": the statement has " + Amounts.of(expected, "placeholder") + " and params "
                            + Amounts.of(values.size(), "value"));
        }
        var binding = new Parameters(source, maxBytes);
        var tuple = new ArrayTuple(values.size());
        for (int i = 0; i < values.size(); i++) {
            tuple.addValue(binding.value(values.get(i), i + 1));
        }
        return tuple;
    }

    private @Nullable Object value(@Nullable Object value, int number) {
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof BigDecimal exact) {
            return Math.abs((long) exact.scale()) + exact.precision() > PLAIN_DIGITS
                    ? exact.toString()
                    : exact.toPlainString();
        }
        if (value instanceof String text) {
            return INSTANT.matcher(text).matches() ? instant(text, number) : text(text, number);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, number);
        }
        return value instanceof List<?> ? text(Json.write(value), number) : value.toString();
    }

    private Object map(Map<?, ?> map, int number) {
        if (map.size() == 1 && map.get(BYTES) instanceof String encoded) {
            return bytes(encoded, number);
        }
        if (map.size() == 1 && map.get(TEXT) instanceof String text) {
            return text(text, number);
        }
        return text(Json.write(map), number);
    }

    private String text(String text, int number) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw wrong(number, "is not text: an unpaired surrogate at character " + (i + 1));
            }
        }
        count(text.length(), number);
        return text;
    }

    private Buffer bytes(String encoded, int number) {
        count(encoded.length() / 4L * 3, number);
        try {
            return Buffer.buffer(Base64.getDecoder().decode(encoded));
        } catch (IllegalArgumentException e) {
            throw wrong(number, "has base64, but its value is not valid Base64");
        }
    }

    private LocalDateTime instant(String text, int number) {
        try {
            return OffsetDateTime.parse(text.replace(' ', 'T'))
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toLocalDateTime();
        } catch (DateTimeException e) {
            throw wrong(number, "looks like a time with a zone, but there is no such time");
        }
    }

    private void count(long more, int number) {
        bytes += more;
        if (bytes > maxBytes) {
            throw new MusterException(
                    ErrorType.LIMIT,
                    source + ": with parameter " + number + " the parameters take more than " + maxBytes
                            + " bytes (max_allowed_packet of the server)");
        }
    }

    private MusterException wrong(int number, String what) {
        return new MusterException(ErrorType.BAD_INPUT, source + ": parameter " + number + " " + what);
    }
}
