package dev.muster.connect.mongo;

import dev.muster.text.Printable;
import dev.muster.text.Utf8;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonDateTime;
import org.bson.BsonDbPointer;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonJavaScriptWithScope;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.UuidRepresentation;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * MongoDB's Extended JSON, version 2: the notation of a plan for values that JSON lacks. The inner value can be computed. A
 * list as inner value becomes a list of such values, and null stays null.
 *
 * @param uuids how {@code $uuid} is stored: as subtype 4, or as subtype 3 if the source's address selects a legacy
 *     representation
 * @see <a href="https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/">Extended JSON</a>
 */
record ExtendedJson(UuidRepresentation uuids) {
    private static final Set<String> WORDS = Set.of(
            "$oid",
            "$date",
            "$numberInt",
            "$numberLong",
            "$numberDouble",
            "$numberDecimal",
            "$binary",
            "$uuid",
            "$regularExpression",
            "$timestamp",
            "$minKey",
            "$maxKey",
            "$undefined",
            "$symbol",
            "$code",
            "$dbPointer");

    private static final int DAY_LENGTH = "2026-01-31".length();
    private static final Set<String> CODE = Set.of("$code", "$scope");

    /** Whether a map with these keys is a value in Extended JSON. */
    static boolean isOne(Set<?> keys) {
        return keys.size() == 1 && WORDS.contains(keys.iterator().next()) || keys.equals(CODE);
    }

    /**
     * Converts a value.
     *
     * @throws IllegalArgumentException if the inner value is not valid, with the reason
     */
    BsonValue value(Map<?, ?> map) {
        if (map.size() == 2) {
            return new BsonJavaScriptWithScope(
                    text("$code", map.get("$code")), (BsonDocument) scope(map.get("$scope")));
        }
        String word = String.valueOf(map.keySet().iterator().next());
        return each(word, map.get(word));
    }

    private BsonValue each(String word, @Nullable Object inside) {
        if (inside instanceof List<?> list) {
            var array = new BsonArray();
            list.forEach(item -> array.add(each(word, item)));
            return array;
        }
        return inside == null ? BsonNull.VALUE : one(word, inside);
    }

    private BsonValue one(String word, Object inside) {
        return switch (word) {
            case "$oid" -> new BsonObjectId(objectId(word, inside));
            case "$date" -> new BsonDateTime(millis(inside));
            case "$numberInt" -> parsed(word, inside, text -> new BsonInt32(new BigDecimal(text).intValueExact()));
            case "$numberLong" -> parsed(word, inside, text -> new BsonInt64(new BigDecimal(text).longValueExact()));
            case "$numberDouble" -> parsed(word, inside, text -> new BsonDouble(real(text)));
            case "$numberDecimal" -> parsed(word, inside, text -> new BsonDecimal128(decimal(text)));
            case "$binary" -> binary(inside);
            case "$uuid" -> parsed(word, inside, this::uuid);
            case "$regularExpression" ->
                new BsonRegularExpression(
                        text(word, in(word, inside, "pattern")),
                        inside instanceof Map<?, ?> map && map.get("options") != null
                                ? text(word, map.get("options"))
                                : "");
            case "$timestamp" -> timestamp(inside);
            case "$minKey" -> new BsonMinKey();
            case "$maxKey" -> new BsonMaxKey();
            case "$undefined" -> new BsonUndefined();
            case "$symbol" -> new BsonSymbol(text(word, inside));
            case "$code" -> new BsonJavaScript(text(word, inside));
            default ->
                new BsonDbPointer(
                        text(word, in(word, inside, "$ref")),
                        objectId(word, in(word, inside, "$id") instanceof Map<?, ?> id ? id.get("$oid") : null));
        };
    }

    private static ObjectId objectId(String word, @Nullable Object inside) {
        String text = text(word, inside);
        if (!ObjectId.isValid(text)) {
            throw new IllegalArgumentException(
                    word + " takes 24 hexadecimal digits, not \"" + Printable.phrase(text, 40) + "\"");
        }
        return new ObjectId(text);
    }

    private static long millis(Object inside) {
        if (inside instanceof Long millis) {
            return millis;
        }
        if (inside instanceof Map<?, ?> map && map.get("$numberLong") != null) {
            return parsed("$date", map.get("$numberLong"), text -> new BsonInt64(Long.parseLong(text)))
                    .asInt64()
                    .getValue();
        }
        return millisOf(text("$date", inside));
    }

    /**
     * Parses a time with its zone, or a day, which means its midnight in UTC. Fractions of milliseconds are cut off.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    private static long millisOf(String text) {
        try {
            return instant(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "$date takes a time with its zone such as 2026-01-31T12:00:00Z, or a day, not \""
                            + Printable.phrase(text, 40) + "\"",
                    e);
        }
    }

    private static Instant instant(String text) {
        if (text.length() == DAY_LENGTH) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        return text.endsWith("Z")
                ? Instant.parse(text)
                : OffsetDateTime.parse(text).toInstant();
    }

    private static double real(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                double read = new BigDecimal(text).doubleValue();
                // BigDecimal has no negative zero.
                yield read == 0 && text.startsWith("-") ? -0.0 : read;
            }
        };
    }

    private static Decimal128 decimal(String text) {
        return switch (text) {
            case "NaN", "Infinity", "-Infinity" -> Decimal128.parse(text);
            default -> new Decimal128(new BigDecimal(text));
        };
    }

    private BsonBinary uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException();
        }
        return uuids == UuidRepresentation.UNSPECIFIED ? new BsonBinary(uuid) : new BsonBinary(uuid, uuids);
    }

    private static BsonBinary binary(Object inside) {
        boolean isMap = inside instanceof Map;
        String base64 = text("$binary", isMap ? in("$binary", inside, "base64") : inside);
        Object type = isMap ? ((Map<?, ?>) inside).get("subType") : null;
        try {
            byte subType = type == null ? BsonBinarySubType.BINARY.getValue() : subType(String.valueOf(type));
            return new BsonBinary(subType, Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("$binary takes {base64: text, subType: two hexadecimal digits}", e);
        }
    }

    private static byte subType(String digits) {
        if (digits.isEmpty() || digits.length() > 2) {
            throw new IllegalArgumentException("not one or two digits");
        }
        return (byte) HexFormat.fromHexDigits(digits);
    }

    private static BsonTimestamp timestamp(Object inside) {
        String text = inside instanceof Map<?, ?> map ? map.get("t") + ":" + map.get("i") : text("$timestamp", inside);
        try {
            int colon = ascii(text).indexOf(':');
            return new BsonTimestamp(
                    Integer.parseUnsignedInt(text.substring(0, Math.max(0, colon))),
                    Integer.parseUnsignedInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("$timestamp takes {t: seconds, i: number} or the text \"t:i\"", e);
        }
    }

    private static BsonValue scope(@Nullable Object scope) {
        if (scope instanceof Map<?, ?> map && map.isEmpty()) {
            return new BsonDocument();
        }
        throw new IllegalArgumentException("$scope takes an empty map");
    }

    private static @Nullable Object in(String word, Object inside, String key) {
        if (inside instanceof Map<?, ?> map) {
            return map.get(key);
        }
        throw new IllegalArgumentException(word + " takes a map");
    }

    private static String text(String word, @Nullable Object inside) {
        if (inside instanceof String text && !Utf8.hasHalf(text)) {
            return text;
        }
        throw new IllegalArgumentException(word + " takes text");
    }

    private static BsonValue parsed(String word, Object inside, Function<String, BsonValue> parse) {
        boolean fits = inside instanceof String
                || inside instanceof Long
                || inside instanceof Double
                || inside instanceof BigInteger
                || inside instanceof BigDecimal;
        try {
            if (fits) {
                return parse.apply(ascii(String.valueOf(inside)));
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // Reported below, with the value.
        }
        String shown = fits ? "\"" + Printable.phrase(String.valueOf(inside), 60) + "\"" : "this";
        throw new IllegalArgumentException(word + " cannot be " + shown);
    }

    /** The text of a number. Java's parsers also take digits of other scripts, which JSON and MongoDB do not know. */
    private static String ascii(String text) {
        if (text.chars().anyMatch(c -> c >= 0x80)) {
            throw new NumberFormatException("not ASCII");
        }
        return text;
    }
}
