package dev.muster.connect.mysql;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.mysqlclient.data.spatial.Geometry;
import io.vertx.mysqlclient.data.spatial.GeometryCollection;
import io.vertx.mysqlclient.data.spatial.LineString;
import io.vertx.mysqlclient.data.spatial.MultiLineString;
import io.vertx.mysqlclient.data.spatial.MultiPoint;
import io.vertx.mysqlclient.data.spatial.MultiPolygon;
import io.vertx.mysqlclient.data.spatial.Point;
import io.vertx.mysqlclient.data.spatial.Polygon;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the driver's column values into JSON values. The documentation of types has the table.
 *
 * <p>Dates and times become text that the server accepts as input, without trailing zeros of a fraction. Geometries become GeoJSON
 * (RFC 7946), whose coordinates keep the server's order.
 */
final class Cells {
    /** Lengths of dates, times and spans in the binary protocol, which omits trailing fields that are zero. */
    private static final int DATE_BYTES = 4;

    private static final int WITH_TIME = 7;
    private static final int WITH_FRACTION = 11;
    private static final int SPAN_WITH_FRACTION = 12;

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
            return geoJson(geometry);
        }
        if (value == null) {
            return null;
        }
        throw unreadable(column, source, "a " + value.getClass().getName());
    }

    private static Object bytes(Buffer bytes, Column column) {
        return switch (column.type()) {
            case Column.DATE -> date(bytes);
            case Column.TIME -> time(bytes);
            case Column.DATETIME -> dateTime(bytes);
            case Column.TIMESTAMP -> instant(bytes);
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
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }

    /** {@code 2024-02-29}; the month, the day or the whole date can be zero. */
    private static String date(Buffer bytes) {
        return bytes.length() < DATE_BYTES
                ? "0000-00-00"
                : "%04d-%02d-%02d"
                        .formatted(bytes.getUnsignedShortLE(0), bytes.getUnsignedByte(2), bytes.getUnsignedByte(3));
    }

    /** {@code 2024-02-29T10:11:12.5}. */
    private static String dateTime(Buffer bytes) {
        if (bytes.length() < WITH_TIME) {
            return date(bytes) + "T00:00:00";
        }
        long micros = bytes.length() < WITH_FRACTION ? 0 : bytes.getUnsignedIntLE(WITH_TIME);
        return date(bytes) + "T" + clock(bytes.getUnsignedByte(4), bytes, 5) + fraction(micros);
    }

    /** The same with {@code Z}, because the session's time zone is UTC; without it if the month or day is zero, which is not an instant. */
    private static String instant(Buffer bytes) {
        boolean isOne = bytes.length() >= DATE_BYTES && bytes.getByte(2) != 0 && bytes.getByte(3) != 0;
        return dateTime(bytes) + (isOne ? "Z" : "");
    }

    /** {@code -838:59:59.5}: hours, which can exceed a day, minutes and seconds. */
    private static String time(Buffer bytes) {
        if (bytes.length() == 0) {
            return "00:00:00";
        }
        long hours = bytes.getUnsignedIntLE(1) * 24 + bytes.getUnsignedByte(5);
        long micros = bytes.length() < SPAN_WITH_FRACTION ? 0 : bytes.getUnsignedIntLE(8);
        return (bytes.getByte(0) == 0 ? "" : "-") + clock(hours, bytes, 6) + fraction(micros);
    }

    private static String clock(long hours, Buffer bytes, int minutesAt) {
        return "%02d:%02d:%02d"
                .formatted(hours, bytes.getUnsignedByte(minutesAt), bytes.getUnsignedByte(minutesAt + 1));
    }

    private static String fraction(long micros) {
        return micros == 0 ? "" : "." + "%06d".formatted(micros).replaceAll("0+$", "");
    }

    /** The GeoJSON object: {@code {type, coordinates}}, or {@code {type, geometries}} for a collection. */
    private static Map<String, Object> geoJson(Geometry geometry) {
        var object = new LinkedHashMap<String, Object>();
        object.put("type", geometry.getClass().getSimpleName());
        if (geometry instanceof GeometryCollection collection) {
            List<Object> parts = collection.getGeometries().stream()
                    .<Object>map(Cells::geoJson)
                    .toList();
            object.put("geometries", parts);
        } else {
            object.put("coordinates", coordinates(geometry));
        }
        return object;
    }

    private static List<Object> coordinates(Geometry geometry) {
        if (geometry instanceof Point point) {
            return List.of(point.getX(), point.getY());
        }
        if (geometry instanceof LineString line) {
            return all(line.getPoints());
        }
        if (geometry instanceof Polygon polygon) {
            return all(polygon.getLineStrings());
        }
        if (geometry instanceof MultiPoint points) {
            return all(points.getPoints());
        }
        if (geometry instanceof MultiLineString lines) {
            return all(lines.getLineStrings());
        }
        if (geometry instanceof MultiPolygon polygons) {
            return all(polygons.getPolygons());
        }
        throw new IllegalArgumentException(
                "a geometry of class " + geometry.getClass().getName());
    }

    private static List<Object> all(List<? extends Geometry> parts) {
        return parts.stream().<Object>map(Cells::coordinates).toList();
    }

    private static MusterException unreadable(Column column, String source, String what) {
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                source + ": the column " + column.name() + " holds " + what + "; select it with cast(… as char)");
    }
}
