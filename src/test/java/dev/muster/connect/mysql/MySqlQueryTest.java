package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements, their results, and what the server refuses. */
class MySqlQueryTest {
    private static final Bench DB = Bench.of("pool: 4", "maxResponse: 40MiB");

    @BeforeAll
    static void fill() {
        DB.all(
                "create table person (id int primary key, name varchar(40) unique, age int)",
                "create table pet (id int primary key, owner int, foreign key (owner) references person (id))",
                "insert into person values (1, 'Ann', 40), (2, 'Bob', null)");
    }

    @AfterAll
    static void close() {
        DB.close();
    }

    private static void refused(MusterException error, ErrorType type, Object code, Object sqlState, String... words) {
        assertThat(error.type()).as(error.detail()).isEqualTo(type);
        assertThat(error.more()).containsEntry("code", code).containsEntry("sqlState", sqlState);
        assertThat(error.detail()).contains(words).contains("(" + code + ", " + sqlState + ")");
        assertThat(DB.value("select 1")).as("a healthy pool afterwards").isEqualTo(1L);
    }

    @Test
    void rows_areAList_inTheirOrder() {
        assertThat(DB.many("select id, name from person where id > ? order by id", 0L))
                .isEqualTo(List.of(Map.of("id", 1L, "name", "Ann"), Map.of("id", 2L, "name", "Bob")));
        assertThat(DB.many("select id from person where false")).isEqualTo(List.of());
    }

    @Test
    void oneAndValue_areTheRowOrNull() {
        assertThat(DB.one("select id from person where id = 1")).isEqualTo(Map.of("id", 1L));
        assertThat(DB.one("select id from person where false")).isNull();
        assertThat(DB.value("select name from person where id = ?", 2L)).isEqualTo("Bob");
        assertThat(DB.value("select age from person where id = 2")).isNull();
    }

    @Test
    void statementWithoutAResult_isTheNumberOfRows() {
        DB.all("create table counted (a int)");
        assertThat(DB.many("insert into counted values (1), (2), (3)")).isEqualTo(3L);
        assertThat(DB.many("update counted set a = 3 where a > 1"))
                .as("rows that were met")
                .isEqualTo(2L);
        assertThat(DB.many("delete from counted")).isEqualTo(3L);
    }

    @Test
    void twoRowsForOne_areABadResponse() {
        assertThat(DB.fail("one", "select id from person").type()).isEqualTo(ErrorType.BAD_RESPONSE);
    }

    @Test
    void wrongSql_saysWhereItIsWrong() {
        refused(DB.fail("many", "selec 1"), ErrorType.QUERY, 1064L, "42000", "near 'selec 1' at line 1");
        refused(DB.fail("many", "select nosuch from person"), ErrorType.QUERY, 1054L, "42S22", "nosuch");
        refused(DB.fail("many", "select 1 from nowhere"), ErrorType.QUERY, 1146L, "42S02", "nowhere");
    }

    @Test
    void twoStatements_areRefused() {
        refused(DB.fail("many", "select 1; select 2"), ErrorType.QUERY, 1064L, "42000", "select 2");
    }

    @Test
    void duplicate_isNamedWithoutItsValue() {
        MusterException error = DB.fail("many", "insert into person values (9, ?, null)", "Ann");
        refused(error, ErrorType.QUERY, 1062L, "23000", "Duplicate entry '…' for key");
        assertThat(error.detail()).doesNotContain("Ann");
    }

    @Test
    void brokenReference_isAQueryError() {
        refused(DB.fail("many", "insert into pet values (1, 77)"), ErrorType.QUERY, 1452L, "23000", "foreign key");
    }

    @Test
    void valueThatDoesNotFit_isAQueryError_withoutTheValue() {
        MusterException error = DB.fail("many", "insert into person values (3, 'C', ?)", "young");
        refused(error, ErrorType.QUERY, 1366L, "22007", "age");
        assertThat(error.detail()).doesNotContain("young");
    }

    @Test
    void storedValueThatCannotBeCalculatedWith_isAQueryError_withoutTheValue() {
        MusterException error = DB.fail("many", "update person set age = name + 1 where id = 1");
        refused(error, ErrorType.QUERY, 1292L, "22007", "value: '…'");
        assertThat(error.detail()).doesNotContain("Ann");
    }

    @Test
    void wrongNumberOfParameters_isSaid() {
        for (Object[] params : new Object[][] {{}, {1L}, {1L, 2L, 3L}}) {
            MusterException error = DB.fail("one", "select ? as a, ? as b", params);
            assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT);
            assertThat(error.detail()).contains("2 placeholders", params.length + " value");
        }
    }

    @Test
    void whatIsAText_staysOne() {
        String hostile = "'; drop table person; -- \" ` \\' \\";
        assertThat(DB.value("select ?", hostile)).isEqualTo(hostile);
        assertThat(DB.value("select count(*) from person where name = ?", hostile))
                .isEqualTo(0L);
        assertThat(DB.value("select count(*) from person")).isEqualTo(2L);
    }

    @Test
    void deadlock_endsOneOfTwo() {
        DB.all("create table pair (id int primary key, n int)", "insert into pair values (1, 0), (2, 0)");
        var first = new CompletableFuture<Void>();
        var second = new CompletableFuture<Void>();
        Task<Object> one = inOrder(1, 2, first, second);
        Task<Object> other = inOrder(2, 1, second, first);
        List<Throwable> failures = List.of(one, other).stream()
                .map(task ->
                        task.future().toCompletionStage().toCompletableFuture().handle((done, failure) -> failure))
                .map(CompletableFuture::join)
                .filter(failure -> failure != null)
                .toList();
        assertThat(failures).hasSize(1);
        refused((MusterException) failures.get(0), ErrorType.QUERY, 1213L, "40001", "Deadlock");
    }

    private static Task<Object> inOrder(
            long here, long there, CompletableFuture<Void> mine, CompletableFuture<Void> others) {
        String sql = "update pair set n = n + 1 where id = ?";
        return DB.rig.start(scope -> DB.inTransaction(
                scope,
                "",
                (inner, session) -> DB.run(inner, session, "none", sql, here)
                        .compose(done -> {
                            mine.complete(null);
                            return inner.await("the other", Future.fromCompletionStage(others));
                        })
                        .compose(both -> DB.run(inner, session, "none", sql, there))));
    }

    @Test
    void lockThatIsNotGiven_isAQueryError() {
        DB.all("create table held (id int primary key)", "insert into held values (1)");
        var locked = new CompletableFuture<Void>();
        var goOn = new CompletableFuture<Void>();
        Task<Object> holder = DB.rig.start(scope -> DB.inTransaction(
                scope,
                "",
                (inner, session) -> DB.run(inner, session, "none", "select * from held for update")
                        .compose(done -> {
                            locked.complete(null);
                            return inner.await("the end", Future.fromCompletionStage(goOn));
                        })
                        .map(done -> (Object) "held")));
        locked.orTimeout(20, TimeUnit.SECONDS).join();
        MusterException error = Bench.failure(DB.rig.start(scope -> DB.inTransaction(
                scope,
                "",
                (inner, session) -> DB.run(inner, session, "none", "set innodb_lock_wait_timeout = 1")
                        .compose(set -> DB.run(inner, session, "none", "update held set id = 2")))));
        goOn.complete(null);
        assertThat(Rig.await(holder.future())).isEqualTo("held");
        refused(error, ErrorType.QUERY, 1205L, "HY000", "Lock wait timeout");
    }

    @Test
    void transaction_isAllOrNothing_atItsIsolation() {
        DB.all(
                "create table account (id int primary key, cents int check (cents >= 0))",
                "insert into account values (1, 5), (2, 0)");
        String take = "update account set cents = cents - ? where id = 1";
        String give = "update account set cents = cents + ? where id = 2";
        for (long cents : new long[] {3, 4}) {
            Task<Object> task = DB.rig.start(scope -> DB.inTransaction(
                    scope,
                    "serializable",
                    (inner, session) -> DB.run(inner, session, "none", give, cents)
                            .compose(given -> DB.run(inner, session, "value", "select @@session.tx_isolation"))
                            .compose(level -> DB.run(inner, session, "none", take, cents))));
            task.future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .handle((done, failure) -> done)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }
        assertThat(DB.many("select cents from account order by id"))
                .isEqualTo(List.of(Map.of("cents", 2L), Map.of("cents", 3L)));
    }

    @Test
    void isolation_isTheTransactionsOnly() {
        DB.all("create table seen (a int)", "insert into seen values (1)");
        Task<Object> task = DB.rig.start(scope -> DB.inTransaction(
                scope,
                "read committed",
                (inner, session) -> DB.run(inner, session, "value", "select count(*) from seen")
                        .compose(before -> DB.run(scope, "none", "insert into seen values (2)"))
                        .compose(added -> DB.run(inner, session, "value", "select count(*) from seen"))));
        assertThat(Rig.await(task.future()))
                .as("what another has committed meanwhile")
                .isEqualTo(2L);
    }

    @Test
    void largeValues_comeAndGo() {
        String large = "x".repeat(17 << 20);
        assertThat(DB.value("select ?", large)).isEqualTo(large);
        assertThat(DB.value("select length(?)", large)).isEqualTo((long) large.length());
    }

    @Test
    void valueOf100MiB_isALimit_andTakesNoSuchMemory() {
        long closed = DB.statistics().closed();
        for (String rows : List.of("value", "many")) {
            MusterException error = DB.fail(rows, "select repeat('x', 104857600) as a");
            assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
            assertThat(error.detail()).contains("a row is larger than 40MiB", "maxResponse");
        }
        assertThat(DB.value("select 1")).isEqualTo(1L);
        assertThat(DB.statistics().closed()).isEqualTo(closed);
    }

    @Test
    void parametersBeyondThePacket_areALimit() {
        assertThatThrownBy(() -> Parameters.bind("db", List.of("12345", Map.of("base64", "MTIzNDU=")), 2, 8))
                .isInstanceOfSatisfying(MusterException.class, error -> {
                    assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
                    assertThat(error.detail()).contains("parameter 2", "8 bytes", "max_allowed_packet");
                });
    }

    @Test
    void settingOfASession_endsWithItsStep() {
        try (Bench one = Bench.at(TestServers.mysql().freshDatabase(), "pool: 1")) {
            one.many("set @left = 1");
            assertThat(one.value("select @left")).isNull();
        }
    }
}
