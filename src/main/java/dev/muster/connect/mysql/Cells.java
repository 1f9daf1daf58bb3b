package dev.muster.connect.mysql;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.mysqlclient.data.spatial.Geometry;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Converts the driver's column values into JSON values. The documentation of types has the table. */
final class Cells {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private Cells() {}

    /**
     * The JSON value of a column value.
     *
     * @param source name of the source, for messages
     * @throws MusterException of type {@code badResponse} if the value has no JSON form
     */
    static @Nullable Object json(@Nullable Object value, Column column, String source) {
        if (value instanceof String text) {
            return column.type() == Column.JSON ? document(text, column, source) : text;
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Buffer bytes) {
            return bytes(bytes, column);
        }
        if (value instanceof Geometry geometry) {
            return GeoJson.of(geometry);
        }
        if (value == null) {
            return null;
        }
        throw unreadable(column, source, "a " + value.getClass().getName());
    }

    private static Object bytes(Buffer bytes, Column column) {
        return switch (column.type()) {
            case Column.DATE -> Temporal.date(bytes);
            case Column.TIME -> Temporal.time(bytes);
            case Column.DATETIME -> Temporal.dateTime(bytes);
            case Column.TIMESTAMP -> Temporal.instant(bytes);
            case Column.BIT -> whole(new BigInteger(1, bytes.getBytes()));
            default -> Base64.getEncoder().encodeToString(bytes.getBytes());
        };
    }

    private static @Nullable Object document(String text, Column column, String source) {
        try {
            return Json.parse(text);
        } catch (JsonException e) {
            throw unreadable(column, source, "JSON that cannot be read (" + e.getMessage() + ")");
        }
    }

    private static Number number(Number number) {
        if (number instanceof Long || number instanceof Double) {
            return number;
        }
        if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        if (number instanceof Numeric exact) {
            BigDecimal decimal = exact.bigDecimalValue();
            return decimal.scale() > 0 ? decimal : whole(decimal.toBigIntegerExact());
        }
        // A float keeps its decimal text: 1.1 must not become 1.10000002384185791015625.
        return Double.valueOf(number.toString());
    }

    private static Number whole(BigInteger number) {
        boolean fits = number.compareTo(LEAST) >= 0 && number.compareTo(MOST) <= 0;
        return fits ? (Number) number.longValue() : number;
    }

    private static MusterException unreadable(Column column, String source, String what) {
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                source + ": the column " + column.name() + " holds " + what + "; select it with cast(… as char)");
    }
}
