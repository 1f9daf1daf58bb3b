package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of {@code docs/types.md}, row by row, and what does not fit. */
class PostgresTypesTest {
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| `(.+)` \\| `(.+)` \\|");
    private static Bench db;

    @BeforeAll
    static void types() {
        db = Bench.at(TestServers.postgres().freshDatabase());
        db.many("create type mood as enum ('glad', '{so so}')");
        db.many("create domain positive as int4 check (value > 0)");
        db.many("create domain numbers as int4[]");
        db.many("create type pair as (a int, b text)");
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @TestFactory
    Stream<DynamicTest> rowOfTheTable() throws IOException {
        String page = Files.readString(Path.of("docs/types.md"));
        String section = page.substring(page.indexOf("\n## Postgres"));
        int next = section.indexOf("\n## ", 1);
        List<String> rows = (next < 0 ? section : section.substring(0, next))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(50);
        return rows.stream().map(row -> DynamicTest.dynamicTest(row, () -> check(row)));
    }

    private static void check(String row) {
        var parts = ROW.matcher(row);
        assertThat(parts.matches()).isTrue();
        String type = parts.group(1);
        Object json = Json.parse(parts.group(3));
        String literal = "'" + parts.group(2).replace("'", "''") + "'";
        assertThat(db.value("select " + literal + "::" + type)).isEqualTo(json);
        assertThat(db.value("select $1::" + type, json)).as("as a parameter").isEqualTo(json);
        assertThat(db.value("select $1::" + type, (Object) null)).as("null").isNull();
    }

    @Test
    void parametersThatDoNotFit_sayWhichAndWhatIsExpected() {
        refused("parameter $1 must be a whole number (int4), not this text", "select $1::int4", "secret");
        refused("parameter $1 must be a whole number (int4), not this number", "select $1::int4", 1.5);
        refused("parameter $1 is a whole number beyond what int4 can hold", "select $1::int4", 1L << 31);
        refused("parameter $2 must be a number (numeric), not this text", "select $1::int4, $2::numeric", 1L, "secret");
        refused("parameter $1 must be a number (numeric), not this text", "select $1::numeric", "\uFF17");
        refused("parameter $1 must be true or false (bool), not this number", "select $1::bool", 1L);
        refused("parameter $1 must be text (text), not this number", "select $1::text", 5L);
        refused("parameter $1 must be a list (int4[]), not this number", "select $1::int4[]", 5L);
        refused("parameter $1 must be a whole number (int4), not this text", "select $1::int4[]", List.of("secret"));
        refused("parameter $1 must be text (uuid), not a map", "select $1::uuid", Map.of());
        refused("parameter $1 must be bytes as Base64 text, but is not Base64 (bytea)", "select $1::bytea", "secret!");
    }

    @Test
    void wrongNumberOfParameters_isSaid() {
        refused("the statement takes 2 parameters, and params has 1", "select $1::int4, $2::int4", 1L);
        refused("the statement takes 0 parameters, and params has 1", "select 1", 1L);
    }

    @Test
    void textThatPostgresCannotKeep_isRefusedBeforeItIsSent() {
        refused("parameter $1 has a NUL character, which Postgres cannot store in a text", "select $1::text", "a\0b");
        refused("parameter $1 has an unpaired surrogate, which UTF-8 cannot encode", "select $1::text", "a\ud800");
        assertThat(db.value("select $1::text", "\ud83d\ude00")).isEqualTo("\ud83d\ude00");
    }

    @Test
    void markedBytes_andNumbersAsText_areTaken() {
        assertThat(db.value("select $1::bytea", Map.of("base64", "AP8Q"))).isEqualTo("AP8Q");
        assertThat(db.value("select $1::int8 + 1", "41")).isEqualTo(42L);
        assertThat(db.value("select $1::numeric", "1.50").toString()).isEqualTo("1.50");
        assertThat(db.value("select $1::float8", Double.NaN)).isEqualTo("NaN");
    }

    @Test
    void jsonThatNoValueSays_isItsTextAndTheOtherRowsStay() {
        String deep = "[".repeat(300) + "]".repeat(300);
        assertThat(db.many(
                        "select j from unnest($1::text[]) t, cast(t as json) j",
                        List.of("{\"a\":1,\"a\":2}", "[1]", deep)))
                .isEqualTo(List.of(Map.of("j", "{\"a\":1,\"a\":2}"), Map.of("j", List.of(1L)), Map.of("j", deep)));
        assertThat(db.value("select '{\"a\":1,\"a\":2}'::jsonb")).isEqualTo(Map.of("a", 2L));
        assertThat(db.value("select array['{\"a\":1,\"a\":2}'::json]")).isEqualTo(List.of("{\"a\":1,\"a\":2}"));
    }

    @Test
    void delimiterOfATypeOfOnesOwn_isItsOwn() {
        db.many("create domain room as box");
        assertThat(db.value("select array['(2,2),(1,1)'::room, '(4,4),(3,3)']"))
                .isEqualTo(List.of("(2,2),(1,1)", "(4,4),(3,3)"));
        db.many("create schema other");
        db.many("create type other.box as enum ('a', 'b')");
        assertThat(db.value("select '{a,b}'::other.box[]")).isEqualTo(List.of("a", "b"));
        assertThat(db.value("select $1::other.box[]", List.of("b", "a"))).isEqualTo(List.of("b", "a"));
    }

    private static void refused(String detail, String sql, Object... params) {
        MusterException error = db.fail("many", sql, params);
        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).isEqualTo("db: " + detail);
        assertThat(error.detail()).doesNotContain("secret");
    }
}
