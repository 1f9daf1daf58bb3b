package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonDocumentReader;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.UuidRepresentation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the table of types: to MongoDB, and back as a JSON value. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MongoTypesTest {
    private static final String OID = "65f0a1b2c3d4e5f601234567";
    private static final String UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    private MongoRig db;

    @BeforeAll
    void open() {
        db = new MongoRig();
    }

    @AfterAll
    void close() {
        db.close();
    }

    /** How a plan writes it, its type, and what it is in a result. */
    static List<Arguments> rows() {
        return List.of(
                row("text", BsonType.STRING, "text"),
                row("''", BsonType.STRING, ""),
                row("'{$oid}'", BsonType.STRING, "{$oid}"),
                row("true", BsonType.BOOLEAN, true),
                row("null", BsonType.NULL, null),
                row("7", BsonType.INT32, 7L),
                row("2147483648", BsonType.INT64, 2_147_483_648L),
                row("9223372036854775807", BsonType.INT64, Long.MAX_VALUE),
                row("{$numberInt: '7'}", BsonType.INT32, 7L),
                row("{$numberLong: 7}", BsonType.INT64, 7L),
                row("{$numberLong: '-9223372036854775808'}", BsonType.INT64, Long.MIN_VALUE),
                row("1.5", BsonType.DOUBLE, 1.5),
                row("{$numberDouble: 2}", BsonType.DOUBLE, 2.0),
                row("{$numberDouble: NaN}", BsonType.DOUBLE, "NaN"),
                row("{$numberDouble: '-Infinity'}", BsonType.DOUBLE, "-Infinity"),
                row("0.1234567890123456789", BsonType.DECIMAL128, new BigDecimal("0.1234567890123456789")),
                row("18446744073709551616", BsonType.DECIMAL128, new BigInteger("18446744073709551616")),
                row("{$numberDecimal: '1.10'}", BsonType.DECIMAL128, new BigDecimal("1.10")),
                row("{$numberDecimal: '5'}", BsonType.DECIMAL128, 5L),
                row("{$numberDecimal: '-0'}", BsonType.DECIMAL128, 0L),
                row("{$numberDecimal: '1E+6000'}", BsonType.DECIMAL128, new BigDecimal("1E+6000")),
                row("{$numberDecimal: NaN}", BsonType.DECIMAL128, "NaN"),
                row("{$numberDecimal: Infinity}", BsonType.DECIMAL128, "Infinity"),
                row("{$oid: " + OID + "}", BsonType.OBJECT_ID, OID),
                row("{$date: '2026-01-31T12:00:00.5+02:00'}", BsonType.DATE_TIME, "2026-01-31T10:00:00.500Z"),
                row("{$date: '2026-01-31'}", BsonType.DATE_TIME, "2026-01-31T00:00:00Z"),
                row("{$date: -1}", BsonType.DATE_TIME, "1969-12-31T23:59:59.999Z"),
                row("{$date: {$numberLong: '253402300800000'}}", BsonType.DATE_TIME, "+10000-01-01T00:00:00Z"),
                row("{$binary: {base64: AAEC, subType: '00'}}", BsonType.BINARY, "AAEC"),
                row("{$binary: AAEC}", BsonType.BINARY, "AAEC"),
                row("{$uuid: " + UUID + "}", BsonType.BINARY, UUID),
                row(
                        "{$binary: {base64: 'Dx4tPEtaaXiHlqW0w9Lh8A==', subType: '03'}}",
                        BsonType.BINARY,
                        "Dx4tPEtaaXiHlqW0w9Lh8A=="),
                row("{$regularExpression: {pattern: ^a, options: i}}", BsonType.REGULAR_EXPRESSION, "/^a/i"),
                row("{$timestamp: {t: 4294967295, i: 2}}", BsonType.TIMESTAMP, "4294967295:2"),
                row("{$timestamp: '7:2'}", BsonType.TIMESTAMP, "7:2"),
                row("{$minKey: 1}", BsonType.MIN_KEY, "MinKey"),
                row("{$maxKey: 1}", BsonType.MAX_KEY, "MaxKey"),
                row("{$undefined: true}", BsonType.UNDEFINED, null),
                row("{$symbol: s}", BsonType.SYMBOL, "s"),
                row("{$code: 'f()'}", BsonType.JAVASCRIPT, "f()"),
                row(
                        "{$code: 'f()', $scope: {}}",
                        BsonType.JAVASCRIPT_WITH_SCOPE,
                        Map.of("code", "f()", "scope", Map.of())),
                row(
                        "{$dbPointer: {$ref: db.x, $id: {$oid: " + OID + "}}}",
                        BsonType.DB_POINTER,
                        Map.of("ref", "db.x", "id", OID)),
                row(
                        "{a: [1, {b: {$oid: " + OID + "}}]}",
                        BsonType.DOCUMENT,
                        Map.of("a", List.of(1L, Map.of("b", OID)))),
                row("[]", BsonType.ARRAY, List.of()));
    }

    private static Arguments row(String written, BsonType type, @Nullable Object read) {
        return Arguments.of(written, type, read);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("rows")
    void value_hasItsTypeAndComesBack(String written, BsonType type, @Nullable Object read) {
        BsonValue bson = bson(written, null, UuidRepresentation.UNSPECIFIED);

        assertThat(bson.getBsonType()).isEqualTo(type);
        assertThat(read(bson, UuidRepresentation.UNSPECIFIED)).isEqualTo(read);
    }

    /** Those that the server keeps: the embedded one knows no old types. */
    static List<Arguments> keptRows() {
        var old = Set.of(
                BsonType.SYMBOL,
                BsonType.UNDEFINED,
                BsonType.DB_POINTER,
                BsonType.JAVASCRIPT,
                BsonType.JAVASCRIPT_WITH_SCOPE,
                BsonType.TIMESTAMP);
        return rows().stream()
                .filter(row -> !TestServers.mongo().isEmbedded() || !old.contains((BsonType) row.get()[1]))
                .toList();
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("keptRows")
    void value_goesOverTheWireAndIsFoundAgain(String written, BsonType type, @Nullable Object read) {
        String id = "id" + (type + written).hashCode();

        db.run("insert: types\ndocuments: {_id: " + id + ", v: " + written + "}");

        Object found = db.run("find: types\nfilter: {_id: " + id + "}");
        assertThat(((Map<?, ?>) ((List<?>) found).get(0)).get("v")).isEqualTo(read);
    }

    @Test
    void id_ofAResult_findsItsDocumentAgain() {
        Object result = db.run("insert: y\ndocuments: [{n: 1}, {n: 2}]");
        List<?> ids = (List<?>) ((Map<?, ?>) result).get("ids");

        assertThat(db.run("find: y\nfilter: {_id: {$oid: = input.a}}\nprojection: {_id: 0}", ids.get(1)))
                .isEqualTo(List.of(Map.of("n", 2L)));
        assertThat(db.run("count: y\nfilter: {_id: {$in: {$oid: = input.a}}}", ids))
                .isEqualTo(2L);
        assertThat(db.run("count: y\nfilter: {_id: {$oid: = input.a}}", null)).isEqualTo(0L);
    }

    @Test
    void legacyUuids_areReadAndWrittenAsTheAddressSays() {
        for (var way : List.of(
                UuidRepresentation.JAVA_LEGACY, UuidRepresentation.C_SHARP_LEGACY, UuidRepresentation.PYTHON_LEGACY)) {
            BsonValue bson = bson("{$uuid: " + UUID + "}", null, way);

            assertThat(bson.asBinary().getType()).isEqualTo((byte) 3);
            assertThat(read(bson, way)).isEqualTo(UUID);
        }
        assertThat(bson("{$uuid: " + UUID + "}", null, UuidRepresentation.STANDARD)
                        .asBinary()
                        .getType())
                .isEqualTo((byte) 4);
    }

    static List<Arguments> wrong() {
        return List.of(
                Arguments.of("{$oid: = input.a}", "65f0", "$oid takes 24 hexadecimal digits, not \"65f0\""),
                Arguments.of("{$oid: = input.a}", 7L, "$oid takes text"),
                Arguments.of("{$date: = input.a}", "2026-01-31 12:00", "$date takes a time with its zone"),
                Arguments.of("{$numberLong: = input.a}", 1.5, "$numberLong cannot be \"1.5\""),
                Arguments.of("{$numberInt: = input.a}", 2_147_483_648L, "$numberInt cannot be"),
                Arguments.of("{$numberDecimal: = input.a}", "x", "$numberDecimal cannot be \"x\""),
                Arguments.of("{$uuid: = input.a}", "1-2-3-4-5", "$uuid cannot be"),
                Arguments.of("{$binary: = input.a}", "?", "$binary takes"),
                Arguments.of("= input.a", new BigDecimal("1.2345678901234567890123456789012345678"), "34 at most"),
                Arguments.of("= input.a", "\uD800", "half a character"),
                Arguments.of("= input.a", Map.of("a\0b", 1L), "NUL"),
                Arguments.of("= input.a", nested(120), "deeper than 100"));
    }

    private static Object nested(int levels) {
        Object value = 1L;
        for (int i = 0; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("wrong")
    void valueThatBsonCannotSay_isBadInputWithItsPath(String written, Object given, String why) {
        MusterException error = db.failure("count: x\nfilter: {b: [" + quoted(written) + "]}", given);

        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).startsWith("db: filter.b[0]").contains(why);
    }

    private static String quoted(String written) {
        return written.startsWith("=") ? "'" + written + "'" : written;
    }

    @Test
    void textWithNul_isKept() {
        db.run("insert: z\ndocuments: {_id: 1, v: = input.a}", "a\0b");

        assertThat(db.run("find: z")).isEqualTo(List.of(Map.of("_id", 1L, "v", "a\0b")));
    }

    @Test
    void keys_keepTheirOrder() {
        var keys = new ArrayList<String>(List.of("z", "a", "m", "b"));
        db.run("insert: order\ndocuments: {z: 1, a: 2, m: 3, b: 4}");

        var found = (Map<?, ?>) ((List<?>) db.run("find: order\nprojection: {_id: 0}")).get(0);
        assertThat(new ArrayList<Object>(found.keySet())).isEqualTo(keys);
    }

    private static BsonValue bson(String written, @Nullable Object a, UuidRepresentation uuids) {
        var call = MongoRig.call("insert: x\ndocuments: {v: " + written + "}");
        return ToBson.of(
                        "db",
                        "documents",
                        call.values().get("documents"),
                        MongoRig.arguments(call, a).get("documents"),
                        Mode.DATA,
                        uuids)
                .asDocument()
                .get("v");
    }

    private static @Nullable Object read(BsonValue value, UuidRepresentation uuids) {
        var reader = new BsonDocumentReader(new BsonDocument("v", value));
        return new FromBson(uuids).document(reader).get("v");
    }
}
