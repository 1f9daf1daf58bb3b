package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.mongo.ToBson.ParseMode;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
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

    /** Type, how a plan writes it, and what it is in a result: the table of the documentation. */
    static List<Arguments> rows() throws IOException {
        String page = Files.readString(Path.of("docs/types.md"));
        return Pattern.compile("^\\| `(\\w+)` \\| `(.+)` \\| `(.+)` \\|$", Pattern.MULTILINE)
                .matcher(page.substring(page.indexOf("## MongoDB")))
                .results()
                .map(row -> Arguments.of(row.group(2), type(row.group(1)), row.group(3)))
                .toList();
    }

    private static BsonType type(String name) {
        return switch (name) {
            case "dateTime" -> BsonType.DATE_TIME;
            case "objectId" -> BsonType.OBJECT_ID;
            case "minKey" -> BsonType.MIN_KEY;
            case "maxKey" -> BsonType.MAX_KEY;
            case "dbPointer" -> BsonType.DB_POINTER;
            case "regularExpression" -> BsonType.REGULAR_EXPRESSION;
            case "javascriptWithScope" -> BsonType.JAVASCRIPT_WITH_SCOPE;
            default -> BsonType.valueOf(name.toUpperCase(Locale.ROOT));
        };
    }

    @Test
    void table_namesEveryType() throws IOException {
        assertThat(rows().stream().map(row -> row.get()[1]))
                .containsAll(EnumSet.complementOf(EnumSet.of(BsonType.END_OF_DOCUMENT)));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("rows")
    void value_hasItsTypeAndComesBack(String written, BsonType type, String json) {
        BsonValue bson = bson(written, null, UuidRepresentation.UNSPECIFIED);

        assertThat(bson.getBsonType()).isEqualTo(type);
        isExactly(read(bson, UuidRepresentation.UNSPECIFIED), json);
    }

    private static void isExactly(@Nullable Object value, String json) {
        assertThat(Json.write(value)).isEqualTo(Json.write(Json.parse(json)));
    }

    /** Those that the server keeps: the embedded one knows no old types, FerretDB still fewer. */
    static List<Arguments> keptRows() throws IOException {
        var old = Set.of(
                BsonType.SYMBOL,
                BsonType.UNDEFINED,
                BsonType.DB_POINTER,
                BsonType.JAVASCRIPT,
                BsonType.JAVASCRIPT_WITH_SCOPE,
                BsonType.TIMESTAMP);
        return rows().stream()
                .filter(row -> !TestServers.mongo().isEmbedded() || !old.contains((BsonType) row.get()[1]))
                .filter(row -> FerretDb.keeps((BsonType) row.get()[1], (String) row.get()[0]))
                .toList();
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("keptRows")
    void value_goesOverTheWireAndIsFoundAgain(String written, BsonType type, String json) {
        if (json.equals("-0.0")) {
            FerretDb.lacks("negative zeros");
        }
        String id = "id" + (type + written).hashCode();

        db.run("insert: types\ndocuments: {_id: " + id + ", v: " + written + "}");

        Object found = db.run("find: types\nfilter: {_id: " + id + "}");
        isExactly(((Map<?, ?>) ((List<?>) found).get(0)).get("v"), json);
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
                Arguments.of("{$numberInt: = input.a}", "\uFF17", "$numberInt cannot be \"\uFF17\""),
                Arguments.of("{$timestamp: = input.a}", "\uFF11:2", "$timestamp takes"),
                Arguments.of("{$uuid: = input.a}", "1-2-3-4-5", "$uuid cannot be"),
                Arguments.of("{$binary: = input.a}", "?", "$binary takes"),
                Arguments.of("{$binary: {base64: '', subType: = input.a}}", "1ff", "$binary takes"),
                Arguments.of("{$binary: {base64: '', subType: = input.a}}", "-1", "$binary takes"),
                Arguments.of("{$binary: {base64: '', subType: = input.a}}", "", "$binary takes"),
                Arguments.of("= input.a", new BigDecimal("1.2345678901234567890123456789012345678"), "34 at most"),
                Arguments.of("= input.a", "\uD800", "an unpaired surrogate"),
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
                        ParseMode.DATA,
                        uuids)
                .asDocument()
                .get("v");
    }

    private static @Nullable Object read(BsonValue value, UuidRepresentation uuids) {
        var reader = new BsonDocumentReader(new BsonDocument("v", value));
        return new FromBson(uuids).document(reader).get("v");
    }
}
