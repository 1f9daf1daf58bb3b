package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Items;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was learned of a database is unlearned when it changes: each statement has been prepared on the one connection before. */
class PostgresStaleTest {
    private static final String BY_ID = "select label from orders where id = $1";
    private static final String ALL = "select * from orders";
    private Bench db;

    @BeforeEach
    void open() {
        db = Bench.at(TestServers.postgres().freshDatabase(), "pool: 1");
        db.all("create table orders (id int, label text)", "insert into orders values (1, 'first')");
        assertThat(db.value(BY_ID, 1L)).isEqualTo("first");
        assertThat(db.many(ALL)).isEqualTo(List.of(Map.of("id", 1L, "label", "first")));
    }

    @AfterEach
    void close() {
        assertThat(db.statistics().closed())
                .as("connections that had to be closed")
                .isZero();
        db.close();
    }

    @Test
    void widerColumn_takesWiderValues() {
        db.all("alter table orders alter column id type bigint", "insert into orders values (9000000000, 'big')");
        assertThat(db.value(BY_ID, 9_000_000_000L)).isEqualTo("big");
    }

    @Test
    void columnOfAnotherType_takesItsValues() {
        db.all("alter table orders alter column id type text using 'no ' || id");
        assertThat(db.value(BY_ID, "no 1")).isEqualTo("first");
        db.all("alter table orders alter column id type date using '2026-01-31'");
        assertThat(db.value(BY_ID, "2026-01-31")).isEqualTo("first");
        db.all("alter table orders alter column id type text using 'the first'");
        assertThat(db.value(BY_ID, "the first"))
                .as("not a date, as the server believes")
                .isEqualTo("first");
    }

    @Test
    void valueThatFitsNeither_isStillRefusedByWhatIsTrueNow() {
        db.all("alter table orders alter column id type smallint");
        MusterException error = db.fail("value", BY_ID, 1L << 40);
        assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(error.detail()).contains("beyond what int2 can hold");
    }

    @Test
    void enumThatIsMadeAnew_hasItsNewWords() {
        String sql = "select count(*) from people where mood = $1";
        db.all("create type mood as enum ('glad')", "create table people (mood mood)");
        assertThat(db.value(sql, "glad")).isEqualTo(0L);
        db.all(
                "drop type mood cascade",
                "create type mood as enum ('glad', 'sad')",
                "alter table people add column mood mood",
                "insert into people values ('sad')");
        assertThat(db.value(sql, "sad")).isEqualTo(1L);
    }

    @Test
    void domainThatIsMadeAnew_hasItsNewType() {
        String sql = "select $1::code as code";
        db.all("create domain code as int");
        assertThat(db.value(sql, 1L)).isEqualTo(1L);
        db.all("drop domain code", "create domain code as text");
        assertThat(db.value(sql, "one")).isEqualTo("one");
    }

    @Test
    void newColumn_isInTheRowsAtOnce() {
        db.all("alter table orders add column place int default 7");
        assertThat(db.many(ALL)).isEqualTo(List.of(Map.of("id", 1L, "label", "first", "place", 7L)));
    }

    @Test
    void tableThatIsMadeAnew_givesItsNewRows() {
        db.all("drop table orders", "create table orders (id jsonb)", "insert into orders values ('{\"a\": 1}')");
        assertThat(db.many(ALL)).isEqualTo(List.of(Map.of("id", Map.of("a", 1L))));
    }

    @Test
    void oneValueOfTwoColumns_isGivenOnceThereIsOneColumn() {
        assertThat(db.fail("value", ALL).detail()).contains("rows: value needs one column");
        db.all("alter table orders drop column label");
        assertThat(db.value(ALL)).isEqualTo(1L);
    }

    @Test
    void functionWithOtherParameters_isFound() {
        db.all("create function twice(int) returns int language sql as 'select 2 * $1'");
        assertThat(db.value("select twice($1)", 4L)).isEqualTo(8L);
        db.all("drop function twice", "create function twice(text) returns text language sql as 'select $1 || $1'");
        assertThat(db.value("select twice($1)", "ab")).isEqualTo("abab");
    }

    @Test
    void statementThatTheServerHasForgotten_isPreparedAnew() {
        db.all("do $$ begin execute 'deallocate all'; end $$");
        assertThat(db.value(BY_ID, 1L)).isEqualTo("first");
    }

    @Test
    void flow_beginsAnewBeforeItsFirstRow() {
        String sql = "select * from orders where id = $1";
        assertThat(flow(sql, 1L)).hasSize(1);
        db.all("alter table orders add column place int", "alter table orders alter column id type bigint");
        assertThat(flow(sql, 9_000_000_000L)).isEmpty();
        db.all("alter table orders drop column label");
        var row = new LinkedHashMap<String, Object>();
        row.put("id", 1L);
        row.put("place", null);
        assertThat(flow(sql, 1L)).isEqualTo(List.of(row));
        db.all("do $$ begin execute 'deallocate all'; end $$");
        assertThat(flow(sql, 1L)).hasSize(1);
    }

    @Test
    void flowOfATableThatIsGone_failsAndLeavesTheConnectionAsGoodAsNew() {
        assertThat(flow(ALL)).hasSize(1);
        db.all("drop table orders");
        assertThat(Rig.causeOf(started(ALL)))
                .isInstanceOfSatisfying(
                        MusterException.class, error -> assertThat(error.more()).containsEntry("code", "42P01"));
        db.all("create table orders (id int)");
        assertThat(flow(ALL)).isEmpty();
    }

    @Test
    void transaction_failsAsItsStepsMayNotBeRepeatedAndTheNextOneWorks() {
        db.all("alter table orders add column place int");
        assertThat(Rig.causeOf(transaction("many", ALL).future()))
                .isInstanceOfSatisfying(MusterException.class, error -> {
                    assertThat(error.type()).isEqualTo(ErrorType.QUERY);
                    assertThat(error.more()).containsEntry("code", "0A000");
                });
        assertThat((List<?>) Rig.await(transaction("many", ALL).future())).hasSize(1);
    }

    @Test
    void transaction_preparesAnewWhereNothingWasSent() {
        db.all("alter table orders alter column id type bigint", "insert into orders values (9000000000, 'big')");
        assertThat(Rig.await(transaction("value", BY_ID, 9_000_000_000L).future()))
                .isEqualTo("big");
    }

    @Test
    void statementThatFailsAsItRuns_isNotRunTwice() {
        db.all("create sequence runs");
        String sql = "select nextval('runs'), 1 / (n - $1::int) as q from generate_series(1, 3) n";
        assertThat(db.fail("many", sql, 1L).more()).containsEntry("code", "22012");
        assertThat(db.fail("many", sql, 1L).more()).containsEntry("code", "22012");
        assertThat(db.value("select last_value from runs")).isEqualTo(2L);
    }

    @Test
    void statementThatIsWrongNow_saysWhatIsWrongNow() {
        db.all("alter table orders drop column label");
        assertThat(db.fail("many", BY_ID, 1L).more()).containsEntry("code", "42703");
    }

    private Task<Object> transaction(String rows, String sql, Object... params) {
        return db.rig.tasks.start(
                "transaction",
                scope -> db.inTransaction(scope, "", (inner, session) -> db.run(inner, session, rows, sql, params)));
    }

    private List<Object> flow(String sql, Object... params) {
        return Rig.await(started(sql, params));
    }

    private Future<List<Object>> started(String sql, Object... params) {
        return db.rig
                .tasks
                .<List<Object>>start(
                        "flow", scope -> db.open(scope, sql, params).compose(items -> rest(items, new ArrayList<>())))
                .future();
    }

    private static Future<List<Object>> rest(Items<Object> items, List<Object> found) {
        return items.next().compose((Optional<Object> row) -> {
            row.ifPresent(found::add);
            return row.isEmpty() ? Future.succeededFuture(found) : rest(items, found);
        });
    }
}
