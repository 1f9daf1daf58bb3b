package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import dev.muster.TestServers;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server whose messages are German behaves as any other. Runs where the server has the locale: {@code scripts/test-debian-databases}. */
class PostgresGermanTest {
    private static String address;
    private static Bench db;

    @BeforeAll
    static void open() {
        address = TestServers.postgres().freshDatabase();
        db = german("");
        assumeThatCode(() -> assertThat(db.fail("many", "selec").detail()).contains("Syntaxfehler"))
                .doesNotThrowAnyException();
    }

    private static Bench german(String options) {
        return Bench.at(address + "?options=-c%20lc_messages%3Dde_DE.UTF-8" + options, "pool: 1");
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void statementOfATableThatHasChanged_isPreparedAnew() {
        db.all("create table t (id int)", "insert into t values (1)");
        assertThat(db.many("select * from t")).isEqualTo(List.of(Map.of("id", 1L)));
        db.all("alter table t add column name text default 'a'");
        assertThat(db.many("select * from t")).isEqualTo(List.of(Map.of("id", 1L, "name", "a")));
    }

    @Test
    void valuesOfMessages_areMasked() {
        assertThat(db.fail("many", "select $1::text::int", "hunter2").detail())
                .isEqualTo("db rejects the statement (22P02): ungültige Eingabesyntax für Typ integer: »…«");
        masked("22003", "select $1::text::smallint", "47110815");
        masked("22007", "select $1::text::date", "hunter2");
        masked("22P02", "select $1::text::jsonb", "hunter2");
        masked("22023", "select now() at time zone $1::text", "no where");
        db.all("create table secrets (name text unique)");
        db.many("insert into secrets values ($1)", "hunter2");
        masked("23505", "insert into secrets values ($1)", "hunter2");
        db.all("do $$ begin create function refuse(text) returns int language plpgsql as"
                + " 'begin raise exception ''kein Platz für »%«'', $1; end'; end $$");
        masked("P0001", "select refuse($1)", "hunter2");
    }

    private static void masked(String code, String sql, String value) {
        MusterException error = db.fail("many", sql, value);
        assertThat(error.more()).containsEntry("code", code);
        assertThat(error.detail()).doesNotContain(value);
    }

    @Test
    void limitOfTheServer_isATimeOut() {
        try (Bench slow = german("%20-c%20statement_timeout%3D100")) {
            MusterException error = slow.fail("many", "select pg_sleep(60)");
            assertThat(error.type()).isEqualTo(ErrorType.TIMEOUT);
            assertThat(error.more()).containsEntry("code", "57014");
        }
    }

    @Test
    void serverThatOnlyReads_isUnavailable() {
        try (Bench standby = german("%20-c%20default_transaction_read_only%3Don")) {
            MusterException error = standby.fail("many", "create table never (id int)");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.more()).containsEntry("code", "25006");
        }
    }

    @Test
    void endOfTheSession_isUnavailableWithItsCode() {
        MusterException error = db.fail("many", "select pg_terminate_backend(pg_backend_pid())");
        assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(error.more()).containsEntry("code", "57P01");
    }
}
