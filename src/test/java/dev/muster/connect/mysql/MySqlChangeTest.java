package dev.muster.connect.mysql;

import static dev.muster.connect.mysql.FakeMySql.column;
import static dev.muster.connect.mysql.FakeMySql.end;
import static dev.muster.connect.mysql.FakeMySql.error;
import static dev.muster.connect.mysql.FakeMySql.packets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Items;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was learned of a server is forgotten when it has changed. */
@Timeout(60)
class MySqlChangeTest {
    /** One connection, so that it knows every statement from before. */
    private static final Bench DB = Bench.of("pool: 1");

    private static final Bench OTHER = Bench.of();

    @AfterAll
    static void close() {
        DB.close();
        OTHER.close();
    }

    private static List<Object> flow(Bench db, String sql, Object... params) {
        return Rig.await(db.rig
                .start(scope -> db.open(scope, sql, params).compose(items -> rest(items, new ArrayList<>())))
                .future());
    }

    private static Future<List<Object>> rest(Items<Object> items, List<Object> soFar) {
        return items.next().compose(next -> {
            next.ifPresent(soFar::add);
            return next.isPresent() ? rest(items, soFar) : Future.succeededFuture(soFar);
        });
    }

    @Test
    void columnThatIsAddedAndDropped_isSeenAtOnce() {
        DB.all("create table grown (a int)", "insert into grown values (1)");
        String sql = "select * from grown";
        assertThat(DB.value(sql)).isEqualTo(1L);
        assertThat(DB.many(sql)).isEqualTo(List.of(Map.of("a", 1L)));
        assertThat(flow(DB, sql)).isEqualTo(List.of(Map.of("a", 1L)));
        DB.all("alter table grown add b varchar(10) default 'x'");
        assertThat(DB.many(sql)).isEqualTo(List.of(Map.of("a", 1L, "b", "x")));
        assertThat(flow(DB, sql)).isEqualTo(List.of(Map.of("a", 1L, "b", "x")));
        assertThat(DB.fail("value", sql).detail()).contains("needs one column", "has 2: a, b");
        DB.all("alter table grown drop a");
        assertThat(DB.value(sql)).isEqualTo("x");
        assertThat(flow(DB, sql)).isEqualTo(List.of(Map.of("b", "x")));
    }

    @Test
    void statementThatDidNotFit_fitsWhenItsTableHasChanged() {
        DB.all("create table shrunk (a int, b int)", "insert into shrunk values (1, 2)");
        assertThat(DB.fail("value", "select * from shrunk").detail()).contains("has 2: a, b");
        assertThat(DB.fail("many", "select shrunk.*, 3 as b from shrunk").detail())
                .contains("named \"b\"");
        DB.all("alter table shrunk drop b");
        assertThat(DB.value("select * from shrunk")).isEqualTo(1L);
        assertThat(DB.many("select shrunk.*, 3 as b from shrunk")).isEqualTo(List.of(Map.of("a", 1L, "b", 3L)));
    }

    @Test
    void typeThatChanges_isReadAsTheNewOne() {
        DB.all("create table typed (a int)", "insert into typed values (5)");
        String read = "select a from typed where a = ?";
        assertThat(DB.value(read, 5L)).isEqualTo(5L);
        DB.all("alter table typed modify a varchar(20)");
        assertThat(DB.value(read, "5")).isEqualTo("5");
        DB.all("alter table typed modify a decimal(10, 2)");
        assertThat(DB.value(read, 5L)).isEqualTo(new java.math.BigDecimal("5.00"));
        DB.all("delete from typed", "alter table typed modify a datetime", "insert into typed values ('2024-02-29')");
        assertThat(DB.value("select a from typed")).isEqualTo("2024-02-29T00:00:00");
        assertThat(flow(DB, "select a from typed")).isEqualTo(List.of(Map.of("a", "2024-02-29T00:00:00")));
    }

    @Test
    void tableThatIsDroppedAndMadeAnew_isTheNewOne() {
        DB.all("create table again (a int)", "insert into again values (1)");
        assertThat(DB.value("select * from again")).isEqualTo(1L);
        assertThat(DB.many("insert into again values (?)", 2L)).isEqualTo(1L);
        OTHER.all("do 0");
        DB.all("drop table again");
        assertThat(DB.fail("value", "select * from again").more()).containsEntry("code", 1146L);
        DB.all("create table again (b varchar(5))");
        assertThat(DB.value("select * from again")).isNull();
        assertThat(DB.many("insert into again values (?)", "x")).isEqualTo(1L);
        assertThat(DB.value("select * from again")).isEqualTo("x");
    }

    @Test
    void viewThatChanges_isTheNewOne_inATransactionToo() {
        DB.all("create view seen as select 1 as a");
        assertThat(DB.value("select * from seen")).isEqualTo(1L);
        DB.all("create or replace view seen as select 'x' as a, 2 as b");
        Object seen = DB.rig.run(scope ->
                DB.inTransaction(scope, "", (own, session) -> DB.run(own, session, "one", "select * from seen")));
        assertThat(seen).isEqualTo(Map.of("a", "x", "b", 2L));
    }

    /** A server that takes each statement that it has prepared once only, and then says so with this code. */
    private static FakeMySql forgetting(int code, AtomicInteger executions) throws Exception {
        return new FakeMySql((command, text) -> switch (command) {
            case FakeMySql.EXECUTE ->
                executions.incrementAndGet() == 2
                        ? packets(error(code, "HY000", "Die vorbereitete Anweisung muss neu erstellt werden"))
                        : packets(
                                FakeMySql.bytes(1),
                                column("a", 8),
                                // Where a cursor is asked for, the rows come with the fetch.
                                end(false),
                                FakeMySql.bytes(0, 0, 7, 0, 0, 0, 0, 0, 0, 0),
                                end(false));
            default -> null;
        });
    }

    @ParameterizedTest
    @CsvSource({"1615", "1243"})
    void statementThatTheServerForgot_isPreparedAnew_once(int code) throws Exception {
        var executions = new AtomicInteger();
        try (FakeMySql server = forgetting(code, executions);
                Bench db = Bench.at(server.address(), "pool: 1")) {
            assertThat(db.value("select a from t")).isEqualTo(7L);
            assertThat(db.value("select a from t")).isEqualTo(7L);
            assertThat(executions.get()).isEqualTo(3);
            assertThat(server.commands.stream().filter("select a from t"::equals))
                    .hasSize(2);
        }
    }

    @Test
    void statementThatTheServerKeepsForgetting_isAnError() throws Exception {
        var executions = new AtomicInteger();
        try (FakeMySql server = new FakeMySql(
                        (command, text) -> command == FakeMySql.EXECUTE && executions.getAndIncrement() > 0
                                ? packets(error(1615, "HY000", "…"))
                                : null);
                Bench db = Bench.at(server.address(), "pool: 1")) {
            assertThat(db.many("update t set a = 1")).isEqualTo(0L);
            MusterException error = db.fail("many", "update t set a = 1");
            assertThat(error.type()).isEqualTo(ErrorType.QUERY);
            assertThat(error.more()).containsEntry("code", 1615L);
            assertThat(executions.get()).isEqualTo(3);
            assertThat(server.commands.stream().filter("update t set a = 1"::equals))
                    .hasSize(2);
        }
    }

    @Test
    void statementThatTheServerForgotInATransaction_fails_andIsPreparedAnewInTheNext() throws Exception {
        var executions = new AtomicInteger();
        try (FakeMySql server = forgetting(1615, executions);
                Bench db = Bench.at(server.address(), "pool: 1")) {
            assertThat(inTransaction(db)).isEqualTo(7L);
            MusterException error = (MusterException) Rig.causeOf(db.rig
                    .start(scope -> db.inTransaction(
                            scope, "", (own, session) -> db.run(own, session, "value", "select a from t")))
                    .future());
            assertThat(error.more()).containsEntry("code", 1615L);
            assertThat(inTransaction(db)).isEqualTo(7L);
            assertThat(server.commands.stream().filter("rollback"::equals)).hasSize(1);
        }
    }

    private static Object inTransaction(Bench db) {
        return db.rig.run(scope ->
                db.inTransaction(scope, "", (own, session) -> db.run(own, session, "value", "select a from t")));
    }

    @Test
    void cursorOverAStatementThatTheServerForgot_beginsOnceMore() throws Exception {
        var executions = new AtomicInteger();
        try (FakeMySql server = new FakeMySql((command, text) -> switch (command) {
                    case FakeMySql.EXECUTE ->
                        executions.incrementAndGet() == 2
                                ? packets(error(1243, "HY000", "Unbekannter Handler"))
                                : packets(FakeMySql.bytes(1), column("a", 8), FakeMySql.bytes(0xFE, 0, 0, 0x42, 0));
                    case FakeMySql.FETCH ->
                        packets(FakeMySql.bytes(0, 0, 7, 0, 0, 0, 0, 0, 0, 0), FakeMySql.bytes(0xFE, 0, 0, 0x82, 0));
                    default -> null;
                });
                Bench db = Bench.at(server.address(), "pool: 1")) {
            assertThat(flow(db, "select a from t")).isEqualTo(List.of(Map.of("a", 7L)));
            assertThat(flow(db, "select a from t")).isEqualTo(List.of(Map.of("a", 7L)));
            assertThat(executions.get()).isEqualTo(3);
            assertThat(server.commands.stream().filter("start transaction"::equals))
                    .hasSize(3);
            assertThat(db.statistics().closed()).isZero();
        }
    }
}
