package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rows of the documented table of types: each as JSON, and back as a parameter into the same column. */
class MySqlTypesTest {
    private static final Bench DB = Bench.of();
    private static boolean isMariaDb;

    @BeforeAll
    static void ask() {
        isMariaDb = DB.value("select version()").toString().contains("MariaDB");
    }

    @AfterAll
    static void close() {
        DB.close();
    }

    /** What a literal of a type becomes, and whether a row is found by that value and equals it once inserted by it. */
    private static void becomes(String type, String literal, Object json) {
        DB.all("drop table if exists t", "create table t (c " + type + ")", "insert into t values (" + literal + ")");
        Object value = DB.value("select c from t");
        assertThat(value).isEqualTo(json);
        if (value != null) {
            DB.value("insert into t values (?)", value);
            assertThat(DB.many("select c from t")).isEqualTo(List.of(Map.of("c", value), Map.of("c", value)));
        }
    }

    /** The same for what is also found by its value. */
    private static void isFound(String type, String literal, Object json) {
        becomes(type, literal, json);
        assertThat(DB.value("select count(*) from t where c = ?", json)).isEqualTo(2L);
    }

    @Test
    void tinyint_isANumber() {
        isFound("tinyint", "-128", -128L);
        isFound("tinyint unsigned", "255", 255L);
    }

    @Test
    void bool_isANumber_asATinyintIt_is() {
        isFound("bool", "true", 1L);
        isFound("tinyint(1)", "7", 7L);
    }

    @Test
    void booleanParameter_isOneOrZero() {
        becomes("bool", "true", 1L);
        assertThat(DB.value("select count(*) from t where c = ?", true)).isEqualTo(2L);
        assertThat(DB.value("select ?", false)).isEqualTo(0L);
    }

    @Test
    void wholeNumbers_areExact() {
        isFound("smallint", "-32768", -32768L);
        isFound("smallint unsigned", "65535", 65535L);
        isFound("mediumint", "-8388608", -8388608L);
        isFound("mediumint unsigned", "16777215", 16777215L);
        isFound("int", "-2147483648", -2147483648L);
        isFound("int unsigned", "4294967295", 4294967295L);
        isFound("bigint", "-9223372036854775808", Long.MIN_VALUE);
        isFound("bigint", "9223372036854775807", Long.MAX_VALUE);
    }

    @Test
    void unsignedBigint_isExact() {
        isFound("bigint unsigned", "12", 12L);
        isFound("bigint unsigned", "18446744073709551615", new BigInteger("18446744073709551615"));
        assertThat(DB.value("select count(*) from t where c = ?", new BigInteger("18446744073709551614")))
                .isEqualTo(0L);
    }

    @Test
    void decimal_isExact() {
        var large = new BigDecimal("123456789012345678901234567890.0123456789");
        isFound("decimal(40, 10)", large.toPlainString(), large);
        isFound("decimal(10, 2)", "1.10", new BigDecimal("1.10"));
        isFound("decimal(10)", "5", 5L);
        isFound("decimal(30)", "123456789012345678901234567890", new BigInteger("123456789012345678901234567890"));
    }

    @Test
    void decimalWithExponent_isTakenWhole() {
        becomes("decimal(10, 4)", "1200", new BigDecimal("1200.0000"));
        DB.value("insert into t values (?)", new BigDecimal("1.2E+3"));
        assertThat(DB.value("select count(*) from t where c = 1200")).isEqualTo(3L);
    }

    @Test
    void floats_areAsTheyAreWritten() {
        becomes("float", "1.1", 1.1);
        isFound("double", "0.1", 0.1);
        isFound("double", "1.7976931348623157e308", Double.MAX_VALUE);
    }

    @Test
    void date_isText() {
        isFound("date", "'2024-02-29'", "2024-02-29");
        isFound("date", "'0999-01-01'", "0999-01-01");
    }

    @Test
    void zeroDates_areTextToo() {
        DB.all("drop table if exists z", "create table z (d date, t datetime(3), s timestamp null)");
        assumeThat(DB.start("none", "insert into z values ('0000-00-00', '2024-00-00', '0000-00-00')")
                        .future()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .handle((done, refused) -> refused)
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join())
                .as("MySQL refuses them by default")
                .isNull();
        Map<String, Object> row = Map.of("d", "0000-00-00", "t", "2024-00-00T00:00:00", "s", "0000-00-00T00:00:00");
        assertThat(DB.one("select * from z")).isEqualTo(row);
        DB.value("insert into z values (?, ?, ?)", row.get("d"), row.get("t"), row.get("s"));
        assertThat(DB.many("select * from z")).isEqualTo(List.of(row, row));
    }

    @Test
    void time_isAnInterval_beyondADayAndNegative() {
        isFound("time", "'10:11:12'", "10:11:12");
        isFound("time", "'00:00:00'", "00:00:00");
        isFound("time(6)", "'838:59:58.999999'", "838:59:58.999999");
        isFound("time(6)", "'-838:59:58.5'", "-838:59:58.5");
        isFound("time(3)", "'-00:59:59.500'", "-00:59:59.5");
    }

    @Test
    void datetime_hasNoZone() {
        isFound("datetime", "'2024-02-29 10:11:12'", "2024-02-29T10:11:12");
        isFound("datetime", "'2024-02-29 00:00:00'", "2024-02-29T00:00:00");
        isFound("datetime(6)", "'2024-02-29 10:11:12.345670'", "2024-02-29T10:11:12.34567");
    }

    @Test
    void timestamp_isInUtc() {
        isFound("timestamp(6) null", "'2024-02-29 10:11:12.5'", "2024-02-29T10:11:12.5Z");
        assertThat(DB.value("select count(*) from t where c = ?", "2024-02-29T12:11:12.5+02:00"))
                .as("the same instant in another zone")
                .isEqualTo(2L);
        assertThat(DB.value("select @@session.time_zone")).isEqualTo("+00:00");
    }

    @Test
    void textThatLooksLikeAnInstant_staysText_whereItSaysSo() {
        DB.all("drop table if exists t", "create table t (c varchar(40))");
        DB.value("insert into t values (?)", Map.of("text", "2024-02-29T10:11:12Z"));
        assertThat(DB.value("select c from t")).isEqualTo("2024-02-29T10:11:12Z");
    }

    @Test
    void anImpossibleInstant_isNamed() {
        var error = DB.fail("one", "select ? as a, ? as b", 1L, "2024-02-31T10:11:12Z");
        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail())
                .isEqualTo("db: parameter 2 looks like a time with a zone, but there is no such time");
    }

    @Test
    void year_isANumber() {
        isFound("year", "2024", 2024L);
        isFound("year", "0", 0L);
    }

    @Test
    void text_isText() {
        isFound("char(5)", "'ab'", "ab");
        isFound("varchar(50)", "'é€😀'", "é€😀");
        isFound("varchar(50) character set latin1", "'é'", "é");
        isFound("text", "'a\\0b\\n'", "a\0b\n");
        isFound("longtext", "''", "");
    }

    @Test
    void halfOfAPair_isRefused() {
        var error = DB.fail("value", "select ?", "a\uD800b");
        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).contains("parameter 1", "surrogate");
    }

    @Test
    void bytes_areBase64() {
        DB.all("drop table if exists t", "create table t (a binary(4), b varbinary(10), c blob, d longblob)");
        DB.all("insert into t values (x'0001', x'ff00', x'00ff80', x'')");
        Map<String, Object> row = Map.of("a", "AAEAAA==", "b", "/wA=", "c", "AP+A", "d", "");
        assertThat(DB.one("select * from t")).isEqualTo(row);
        Object[] params = List.of("a", "b", "c", "d").stream()
                .map(name -> Map.of("base64", row.get(name)))
                .toArray();
        DB.value("insert into t values (?, ?, ?, ?)", params);
        assertThat(DB.many("select * from t")).isEqualTo(List.of(row, row));
    }

    @Test
    void wrongBase64_isNamed() {
        var error = DB.fail("value", "select ?", Map.of("base64", "%"));
        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).contains("parameter 1", "base64");
    }

    @Test
    void bits_areAWholeNumber() {
        isFound("bit(1)", "b'1'", 1L);
        isFound("bit(10)", "b'1000000001'", 513L);
    }

    @Test
    void bitsBeyondLong_goBackByACast() {
        var all = new BigInteger("18446744073709551615");
        DB.all("drop table if exists t", "create table t (c bit(64))");
        DB.value("insert into t values (cast(? as unsigned))", all);
        assertThat(DB.value("select c from t where c = ?", all)).isEqualTo(all);
    }

    @Test
    void enumAndSet_areText() {
        isFound("enum('a', 'b')", "'b'", "b");
        isFound("set('x', 'y', 'z')", "'x,z'", "x,z");
    }

    @Test
    void json_isItsValue_exceptInMariaDbWhereItIsText() {
        String text = "{\"a\": [1, 1.10, 12345678901234567890, null]}";
        DB.all("drop table if exists t", "create table t (c json)");
        DB.value("insert into t values (?)", Json.parse(text));
        Object value = DB.value("select c from t");
        assertThat(Json.equal(isMariaDb ? Json.parse((String) value) : value, Json.parse(text)))
                .isTrue();
        assertThat(value).isInstanceOf(isMariaDb ? String.class : Map.class);
        assertThat(DB.value("select json_extract(?, '$[1]')", Arrays.asList(1L, 2L)))
                .isEqualTo(isMariaDb ? "2" : (Object) 2L);
    }

    @Test
    void uuidAndAddresses_areText() {
        assumeThat(isMariaDb).isTrue();
        isFound("uuid", "'123e4567-e89b-12d3-a456-426614174000'", "123e4567-e89b-12d3-a456-426614174000");
        isFound("inet6", "'::1'", "::1");
        isFound("inet4", "'10.0.0.1'", "10.0.0.1");
    }

    @Test
    void geometry_isGeoJson() {
        List<Map<String, Object>> shapes = List.of(
                shape("Point", List.of(1.0, 2.5)),
                shape("LineString", List.of(List.of(0.0, 0.0), List.of(1.0, 1.0))),
                shape("Polygon", List.of(List.of(at(0, 0), at(4, 0), at(4, 4), at(0, 0)))),
                shape("MultiPoint", List.of(at(1, 1), at(2, 2))),
                shape("MultiLineString", List.of(List.of(at(0, 0), at(1, 1)))),
                shape("MultiPolygon", List.of(List.of(List.of(at(0, 0), at(4, 0), at(4, 4), at(0, 0))))));
        for (Map<String, Object> shape : shapes) {
            assertThat(DB.value("select st_geomfromgeojson(?)", shape)).isEqualTo(shape);
        }
        assertThat(DB.value("select st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 1))')"))
                .isEqualTo(Map.of("type", "GeometryCollection", "geometries", List.of(shape("Point", at(1, 1)))));
    }

    private static Map<String, Object> shape(String type, List<?> coordinates) {
        return Map.of("type", type, "coordinates", coordinates);
    }

    private static List<Double> at(double x, double y) {
        return List.of(x, y);
    }

    @Test
    void null_isNull() {
        DB.all("drop table if exists t", "create table t (a int, b date, c blob, d json, e bit(3), f timestamp null)");
        DB.value("insert into t values (?, ?, ?, ?, ?, ?)", null, null, null, null, null, null);
        var row = (Map<?, ?>) DB.one("select * from t");
        assertThat(row).hasSize(6);
        assertThat(row.values()).containsOnlyNulls();
    }

    @Test
    void aTableThatHasChanged_showsItsNewColumns() {
        DB.all("drop table if exists changing", "create table changing (a int)", "insert into changing values (1)");
        assertThat(DB.one("select * from changing")).isEqualTo(Map.of("a", 1L));
        DB.all("alter table changing add b date default '2024-01-01' first");
        assertThat(DB.one("select * from changing")).isEqualTo(Map.of("b", "2024-01-01", "a", 1L));
    }

    @Test
    void computedValues_haveTheTypesOfTheirExpressions() {
        assertThat(DB.one(
                        "select 1 + 1 as a, 1.5 * 2 as b, 10 / 4 as c, 'x' as d, 1 = 1 as e, sum(1) as f, x'41' as g"))
                .isEqualTo(Map.of(
                        "a",
                        2L,
                        "b",
                        new BigDecimal("3.0"),
                        "c",
                        new BigDecimal("2.5000"),
                        "d",
                        "x",
                        "e",
                        1L,
                        "f",
                        1L,
                        "g",
                        "QQ=="));
    }

    @Test
    void theTypeOfAColumn_isThatOfTheExecution_notOfThePreparation() {
        assertThat(DB.value("select ?", "x")).isEqualTo("x");
        assertThat(DB.value("select ?", 1L)).isEqualTo(1L);
        assertThat(DB.value("select ?", "2024-01-01T00:00:00Z")).isEqualTo("2024-01-01T00:00:00");
        assertThat(DB.value("select ?", "x")).isEqualTo("x");
    }
}
