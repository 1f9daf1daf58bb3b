package dev.muster.connect.mysql;

import dev.muster.connect.Values;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mysqlclient.data.spatial.Geometry;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What the driver gives for a value of a row, as a JSON value; the table is in the documentation of types. */
final class Cells {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private Cells() {}

    /**
     * The JSON value.
     *
     * @throws MusterException of type {@code badResponse} if there is none
     */
    static @Nullable Object json(@Nullable Object value, Column column) {
        if (value == null || value == Tuple.JSON_NULL) {
            return null;
        }
        if (value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            return number(number, column);
        }
        if (value instanceof LocalDateTime time) {
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time) + (column.isInstant() ? "Z" : "");
        }
        if (value instanceof LocalDate date) {
            return DateTimeFormatter.ISO_LOCAL_DATE.format(date);
        }
        if (value instanceof Duration time) {
            return time(time);
        }
        if (value instanceof Buffer bytes) {
            return Base64.getEncoder().encodeToString(bytes.getBytes());
        }
        if (value instanceof JsonObject || value instanceof JsonArray) {
            return Values.copy(value, Long.MAX_VALUE);
        }
        if (value instanceof Geometry geometry) {
            return GeoJson.of(geometry);
        }
        throw new MusterException(
                ErrorType.BAD_RESPONSE,
                "the column " + column.name() + " holds a " + value.getClass().getName()
                        + ", which JSON cannot say; select it with cast(… as char)");
    }

    private static Object number(Number number, Column column) {
        if (number instanceof Long whole) {
            return column.isBits() && whole < 0 ? new BigInteger(Long.toUnsignedString(whole)) : whole;
        }
        if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        if (number instanceof Float) {
            // As it is written: 1.1 is not 1.10000002384185791015625.
            return Double.valueOf(number.toString());
        }
        if (number instanceof Numeric exact) {
            return exact(exact.bigDecimalValue());
        }
        if (number instanceof BigDecimal exact) {
            return exact(exact);
        }
        return number instanceof BigInteger whole ? whole(whole) : number.doubleValue();
    }

    private static Number exact(BigDecimal number) {
        return number.scale() > 0 ? number : whole(number.toBigIntegerExact());
    }

    private static Number whole(BigInteger number) {
        boolean fits = number.compareTo(LEAST) >= 0 && number.compareTo(MOST) <= 0;
        return fits ? (Number) number.longValue() : number;
    }

    /** As MySQL writes a time, which is an interval: {@code -838:59:59.5}. */
    private static String time(Duration time) {
        Duration size = time.abs();
        String text = "%s%02d:%02d:%02d"
                .formatted(time.isNegative() ? "-" : "", size.toHours(), size.toMinutesPart(), size.toSecondsPart());
        if (size.getNano() == 0) {
            return text;
        }
        String micros = "%06d".formatted(size.getNano() / 1_000);
        return text + "." + micros.replaceAll("0+$", "");
    }
}
