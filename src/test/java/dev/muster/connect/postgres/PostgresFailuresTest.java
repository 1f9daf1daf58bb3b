package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong is said with its type and the server's code, and the pool is as good as new. */
class PostgresFailuresTest {
    private static String address;
    private static Bench db;

    @BeforeAll
    static void open() {
        address = TestServers.postgres().freshDatabase();
        db = Bench.at(address, "pool: 2", "maxRows: 1000", "maxResponse: 1MiB");
        db.many("create table account (id int primary key, owner text not null, amount int check (amount >= 0))");
        db.many("insert into account values (1, 'a', 10), (2, 'b', 20)");
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void wrongSyntax_isAQueryErrorWithItsPlace() {
        MusterException error = query("42601", "selec 1");
        assertThat(error.detail())
                .isEqualTo("db rejects the statement at character 1 (42601): syntax error at or near \"selec\"");
        assertThat(error.more()).containsEntry("position", 1L);
    }

    @Test
    void errorsThatTheDriverWouldPutOff_areSaidToo() {
        query("42804", "insert into account values ('x'::text, 'c', 1)");
    }

    @Test
    void violatedConstraint_isNamedWithoutTheValue() {
        MusterException error = query("23505", "insert into account values ($1, $2, 1)", 1L, "hunter2");
        assertThat(error.more()).containsEntry("constraint", "account_pkey");
        assertThat(error.detail()).doesNotContain("hunter2");
        query("23514", "update account set amount = -1");
        query("23502", "insert into account values (3, null, 1)");
    }

    @Test
    void valueThatTheServerRefuses_isNotRepeated() {
        MusterException error = query("22P02", "select $1::text::int", "hunter2");
        assertThat(error.detail())
                .isEqualTo("db rejects the statement (22P02): invalid input syntax for type integer: \"…\"");
        query("22012", "select 1 / $1::int", 0L);
    }

    @Test
    void aNameThatTriesToBeSql_isAValue() {
        assertThat(db.many("select id from account where owner = $1", "a'; drop table account; --"))
                .isEqualTo(List.of());
        query("42601", "select 1; drop table account");
        assertThat(db.value("select count(*) from account")).isEqualTo(2L);
    }

    @Test
    void deadlock_hasItsCode() {
        db.many("create or replace function lock_both(int, int) returns int language plpgsql as $$ begin "
                + "perform set_config('deadlock_timeout', '50ms', true); "
                + "perform 1 from account where id = $1 for update; perform pg_sleep(0.2); "
                + "perform 1 from account where id = $2 for update; return 1; end $$");
        Task<Object> one = db.start("value", "select lock_both($1, $2)", 1L, 2L);
        Task<Object> other = db.start("value", "select lock_both($1, $2)", 2L, 1L);
        var ends = List.of(ended(one), ended(other));
        assertThat(ends.stream().map(Task::state)).containsExactlyInAnyOrder(State.FINISHED, State.FAILED);
        Task<Object> failed = ends.stream()
                .filter(end -> end.state() == State.FAILED)
                .findFirst()
                .orElseThrow();
        assertThat(Bench.failure(failed).more()).containsEntry("code", "40P01");
    }

    @Test
    void serversOwnTimeOut_isATimeOutAndTheConnectionIsAsGoodAsNew() {
        try (Bench slow = Bench.at(address + "?options=-c%20statement_timeout%3D100", "pool: 1")) {
            MusterException error = slow.fail("many", "select pg_sleep(10)");
            assertThat(error.type()).isEqualTo(ErrorType.TIMEOUT);
            assertThat(error.more()).containsEntry("code", "57014");
            assertThat(slow.value("select 1")).isEqualTo(1L);
            assertThat(slow.statistics().closed()).isZero();
        }
    }

    private static MusterException raised(Bench on, String code) {
        return on.fail("many", "do $$ begin raise exception 'it is so' using errcode = '" + code + "'; end $$");
    }

    private static Throwable notReady(Bench of) {
        return Rig.await(of.rig
                .tasks
                .start(
                        "ready",
                        scope -> of.connector
                                .ready(scope, "db")
                                .<Throwable>transform((ready, failure) -> Future.succeededFuture(
                                        failure == null ? new AssertionError("it is ready") : failure)))
                .future());
    }

    @ParameterizedTest
    @ValueSource(strings = {"53000", "53100", "53200", "58030", "25006"})
    void serverThatHasNoRoom_isUnavailableAndTheNextConnectionIsNew(String code) {
        try (Bench one = Bench.at(address, "pool: 1")) {
            MusterException error = raised(one, code);

            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.more()).containsEntry("code", code);
            assertThat(one.value("select 1")).isEqualTo(1L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "58030", "25006"})
    void whatKeepsAllFromWriting_makesTheSourceNotReady(String code) {
        try (Bench one = Bench.at(address, "pool: 1")) {
            MusterException error = raised(one, code);

            assertThat(notReady(one)).hasMessage(error.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"53400", "53200", "55P03", "22012"})
    void whatIsWrongWithOneStatement_leavesTheSourceReady(String code) {
        try (Bench one = Bench.at(address, "pool: 1")) {
            MusterException error = raised(one, code);

            assertThat(error.type()).isEqualTo(code.equals("53200") ? ErrorType.UNAVAILABLE : ErrorType.QUERY);
            assertThat(notReady(one)).hasMessage("it is ready");
        }
    }

    @Test
    void moreRowsThanTheLimit_stopTheStatementThere() {
        MusterException error = db.fail("many", "select generate_series(1, 100000000) as n");
        assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(error.detail())
                .isEqualTo("db: more than 1000 rows (maxRows of source db); stream them with rows: stream");
        assertThat(db.value("select 1")).isEqualTo(1L);
    }

    @Test
    void largerRowsThanTheLimit_stopTheStatementThere() {
        MusterException error = db.fail("many", "select repeat('x', 10000) from generate_series(1, 900)");
        assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(error.detail()).isEqualTo("db: the rows are larger than 1MiB (maxResponse of source db)");
    }

    @Test
    void hugeValue_takesNoMemory() {
        MusterException error = db.fail("many", "select repeat('x', 30 * 1024 * 1024)");
        assertThat(error.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(error.detail()).isEqualTo("db: a row is larger than 1MiB (maxResponse of source db)");
        assertThat(db.value("select 1")).isEqualTo(1L);
    }

    @Test
    void columnsThatCannotBecomeOneMap_areRefused() {
        assertThat(db.fail("many", "select 1 as a, 2 as a").detail())
                .isEqualTo("db: two columns of the statement are named \"a\"; name one of them with as");
        assertThat(db.fail("value", "select 1 as a, 2 as b").detail())
                .isEqualTo("db: rows: value needs one column, and the statement has 2: a, b");
    }

    @Test
    void wrongPassword_isUnavailableAndNotRepeated() {
        String wrong = address.replaceFirst("://([^:@]+)(:[^@]*)?@", "://$1:hunter2@");
        try (Bench refused = Bench.at(wrong)) {
            MusterException error = refused.fail("many", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.more()).containsEntry("code", "28P01");
            assertThat(error.detail())
                    .contains("the user or password is rejected (28P01)")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void missingDatabase_isUnavailable() {
        try (Bench missing = Bench.at(address.replaceFirst("/[^/]+$", "/nowhere"))) {
            MusterException error = missing.fail("many", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("there is no such database (3D000)");
        }
    }

    @Test
    void refusedConnection_isUnavailableAndTriedAgainLater() {
        try (Tap tap = new Tap(address);
                Bench far = Bench.at(tap.address())) {
            tap.cut();
            assertThat(far.fail("many", "select 1").type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(far.fail("many", "select 1").type()).isEqualTo(ErrorType.UNAVAILABLE);
            tap.open();
            assertThat(far.value("select 1")).isEqualTo(1L);
        }
    }

    @Test
    void connectionLostInMidQuery_isUnavailableAndTheNextOneIsNew() {
        try (Tap tap = new Tap(address);
                Bench far = Bench.at(tap.address())) {
            assertThat(far.value("select 1")).isEqualTo(1L);
            Task<Object> task = far.start("many", "select pg_sleep(30)");
            PostgresCancelTest.eventually(far, () -> far.statistics().statements() == 2);
            tap.cut();
            MusterException error = Bench.failure(task);
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("was lost while the statement ran");
            tap.open();
            assertThat(far.value("select 1")).isEqualTo(1L);
        }
    }

    @Test
    void connectionEndedByTheServer_isUnavailableAndTheNextOneIsNew() {
        MusterException error = db.fail("many", "select pg_terminate_backend(pg_backend_pid())");
        assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(db.value("select 1")).isEqualTo(1L);
    }

    @Test
    void transactionThatIsLeftOpen_endsWithItsStep() {
        try (Bench one = Bench.at(address, "pool: 1")) {
            one.many("begin");
            assertThat(one.statistics().closed()).isEqualTo(1);
            one.many("update account set amount = 1000 where id = 1");
            assertThat(db.value("select amount from account where id = 1")).isEqualTo(1000L);
            db.many("update account set amount = 10 where id = 1");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    create temporary table of_session (a int)     | select to_regclass('of_session')::text
                    select set_config('muster.test', 'a', false)  | select current_setting('muster.test', true)
                    """)
    void stateOfASession_isGoneForTheNextStep(String leaves, String look) {
        try (Bench one = Bench.at(address, "pool: 1")) {
            one.many(leaves);
            assertThat(one.value(look)).isNull();
        }
    }

    @Test
    void settingOfASession_endsWithItsStep() {
        try (Bench one = Bench.at(address, "pool: 1")) {
            one.many("set application_name = 'left'");
            assertThat(one.value("show application_name")).isNotEqualTo("left");
        }
    }

    @Test
    void copyToTheClient_isRefusedAndTheNextStatementWorks() {
        refusedCopy("copy account to stdout");
        refusedCopy("copy (select generate_series(1, 10000000)) to stdout");
        refusedCopy("copy (select 1) to stdout (format binary)");
    }

    @Test
    void copyFromTheClient_isRefusedAndNothingIsWritten() {
        refusedCopy("copy account from stdin");
        refusedCopy("copy account (id, owner) from stdin (format csv)");
        assertThat(db.value("select count(*) from account")).isEqualTo(2L);
    }

    private static void refusedCopy(String sql) {
        try (Bench one = Bench.at(address, "pool: 1")) {
            MusterException error = one.fail("many", sql);
            assertThat(error.type()).isEqualTo(ErrorType.QUERY);
            assertThat(error.detail()).startsWith("db: COPY from or to the client is not supported");
            assertThat(one.value("select 1")).isEqualTo(1L);
        }
    }

    @Test
    void statementThatOnlyLooksLikeOne_changesNothing() {
        try (Bench one = Bench.at(address, "pool: 1")) {
            assertThat(one.many("-- nothing yet")).isEqualTo(0L);
            assertThat(one.many("/* a /* nested */ comment */ ;;")).isEqualTo(0L);
            assertThat(one.value("select 1")).isEqualTo(1L);
            assertThat(one.statistics().closed()).isZero();
        }
    }

    @Test
    void fullLine_isUnavailableAndNamesItsSetting() {
        try (Bench small = Bench.at(address, "pool: 1", "maxWaiting: 0")) {
            Task<Object> first = small.start("many", "select pg_sleep(0.3)");
            MusterException error = small.fail("many", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("(pool, maxWaiting)");
            assertThat(ended(first).state()).isEqualTo(State.FINISHED);
        }
    }

    @Test
    void tlsThatTheServerDoesNotSpeak_isUnavailable() {
        try (Bench secure = Bench.at(address + "?sslmode=require")) {
            MusterException error = secure.fail("many", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("does not handle SSL");
        }
        try (Bench either = Bench.at(address + "?sslmode=prefer")) {
            assertThat(either.value("select 1")).isEqualTo(1L);
        }
    }

    /** Fails as a rejected statement with this code; afterwards the pool works. */
    private static MusterException query(String code, String sql, Object... params) {
        MusterException error = db.fail("many", sql, params);
        assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.QUERY);
        assertThat(error.more()).containsEntry("code", code);
        assertThat(error.toValue()).containsAllEntriesOf(Map.of("type", "query", "code", code));
        assertThat(db.value("select 1")).isEqualTo(1L);
        return error;
    }

    private static Task<Object> ended(Task<Object> task) {
        var end = new CompletableFuture<Task<Object>>();
        task.onEnd(end::complete);
        return end.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
