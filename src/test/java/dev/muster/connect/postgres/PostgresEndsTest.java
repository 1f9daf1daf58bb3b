package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statements, transactions and connections that the server ends for reasons of its own. */
class PostgresEndsTest {
    private static String address;
    private static Bench db;

    @BeforeAll
    static void open() {
        address = TestServers.postgres().freshDatabase();
        db = Bench.at(address, "pool: 2");
        db.many("create table account (id int primary key)");
        db.many("insert into account values (1)");
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @ParameterizedTest
    @CsvSource({
        "25006, ERROR, PreventCommandIfReadOnly, UNAVAILABLE",
        "57P01, FATAL, ProcessInterrupts, UNAVAILABLE",
        "57P02, FATAL, quickdie, UNAVAILABLE",
        "57P03, FATAL, ProcessStartupPacket, UNAVAILABLE",
        "57P05, FATAL, ProcessInterrupts, UNAVAILABLE",
        "08006, FATAL, anything, UNAVAILABLE",
        "53200, FATAL, anything, UNAVAILABLE",
        "XX000, PANIC, anything, UNAVAILABLE",
        "57014, ERROR, ProcessInterrupts, TIMEOUT",
        "57014, FEHLER, ProcessInterrupts, TIMEOUT",
        "55P03, ERROR, ProcessInterrupts, TIMEOUT",
        "25P03, FATAL, ProcessInterrupts, TIMEOUT",
        "25P04, FATAL, ProcessInterrupts, TIMEOUT",
        "55P03, ERROR, heap_lock_tuple, QUERY",
        "57014, ERROR, exec_stmt_raise, QUERY",
        "53200, ERROR, AllocSetAlloc, UNAVAILABLE",
        "42P05, ERROR, StorePreparedStatement, UNAVAILABLE",
        "26000, ERROR, FetchPreparedStatement, QUERY",
        "25P02, ERROR, exec_bind_message, QUERY",
        "42601, ERROR, scanner_yyerror, QUERY",
    })
    void code_hasItsType(String code, String severity, String routine, ErrorType type) {
        var said = new PgException(
                "said", severity, code, null, null, null, null, null, null, null, null, routine, null, null, null, null,
                null);
        assertThat(SqlState.type(said)).isEqualTo(type);
        assertThat(new PgErrors(Bench.settings("postgres://there/db"))
                        .running(said, List.of())
                        .type())
                .isEqualTo(type);
    }

    @Test
    void writeToAServerThatOnlyReads_isUnavailableAndTheConnectionIsClosed() {
        try (Bench standby = Bench.at(address + "?options=-c%20default_transaction_read_only%3Don", "pool: 1")) {
            MusterException error = standby.fail("many", "insert into account values (2)");
            unavailable(error, "25006");
            assertThat(error.detail()).contains("the server is read-only for now");
            assertThat(standby.statistics().closed()).isEqualTo(1);
            assertThat(standby.value("select count(*) from account")).isEqualTo(1L);
        }
    }

    @Test
    void sessionThatIsEndedByAnAdministrator_isUnavailableWithItsCode() {
        try (Bench one = Bench.at(address, "pool: 1")) {
            Object process = one.value("select pg_backend_pid()");
            Task<Object> task = one.start("many", "select pg_sleep(60)");
            sleeping(process);
            assertThat(db.value("select pg_terminate_backend($1)", process)).isEqualTo(true);
            unavailable(Bench.failure(task), "57P01");
            assertThat(one.value("select 1")).isEqualTo(1L);
            assertThat(one.statistics().closed()).isEqualTo(1);
        }
    }

    @Test
    void sessionThatIsEndedWhileNothingRuns_isReplaced() {
        try (Bench one = Bench.at(address, "pool: 1")) {
            Object process = one.value("select pg_backend_pid()");
            db.value("select pg_terminate_backend($1)", process);
            gone(process);
            MusterException lost = null;
            // The news of the end and the next statement may pass each other.
            for (int i = 0; i < 2; i++) {
                var task = one.start("value", "select pg_backend_pid()");
                if (Rig.await(task.future().transform((value, failure) -> Future.succeededFuture(failure == null)))) {
                    assertThat(Rig.await(task.future())).isNotEqualTo(process);
                    return;
                }
                lost = Bench.failure(task);
                assertThat(lost.type()).isEqualTo(ErrorType.UNAVAILABLE);
            }
            throw new AssertionError("twice", lost);
        }
    }

    @Test
    void statementThatAnAdministratorEnds_isATimeOutAsTheServerSaysNoMore() {
        try (Bench one = Bench.at(address, "pool: 1")) {
            Object process = one.value("select pg_backend_pid()");
            Task<Object> task = one.start("many", "select pg_sleep(60)");
            sleeping(process);
            db.value("select pg_cancel_backend($1)", process);
            MusterException error = Bench.failure(task);
            assertThat(error.type()).isEqualTo(ErrorType.TIMEOUT);
            assertThat(error.more()).containsEntry("code", "57014");
            assertThat(one.statistics().closed()).isZero();
        }
    }

    @Test
    void lockThatIsWaitedForTooLong_isATimeOutAndOneThatIsNotWaitedForIsNot() {
        try (Bench holder = Bench.at(address, "pool: 1");
                Bench waiter = Bench.at(address + "?options=-c%20lock_timeout%3D50", "pool: 1")) {
            Task<Object> held = holder.start(
                    "many",
                    "with held as materialized (select id from account for update) select pg_sleep(60) from held");
            until("exists (select 1 from pg_stat_activity where wait_event = 'PgSleep' and query like 'with held%'"
                    + " and datname = current_database())");
            MusterException late = waiter.fail("many", "select id from account for update");
            assertThat(late.type()).isEqualTo(ErrorType.TIMEOUT);
            assertThat(late.more()).containsEntry("code", "55P03");
            MusterException busy = waiter.fail("many", "select id from account for update nowait");
            assertThat(busy.type()).isEqualTo(ErrorType.QUERY);
            assertThat(busy.more()).containsEntry("code", "55P03");
            assertThat(waiter.statistics().closed()).isZero();
            held.cancel(CancelReason.of("test"));
            Rig.causeOf(held.future());
        }
    }

    @Test
    void transactionThatIdlesTooLong_isATimeOutAndTheNextConnectionIsNew() {
        ends("idle_in_transaction_session_timeout", "25P03");
    }

    @Test
    void transactionThatTakesTooLong_isATimeOutAndTheNextConnectionIsNew() {
        assumeThat((Long) db.value("select current_setting('server_version_num')::int"))
                .isGreaterThan(170_000);
        ends("transaction_timeout", "25P04");
    }

    private static void ends(String setting, String code) {
        try (Bench one = Bench.at(address + "?options=-c%20" + setting + "%3D1000", "pool: 1")) {
            Promise<Object> process = Promise.promise();
            Promise<Void> over = Promise.promise();
            Task<Object> task = one.rig.tasks.start(
                    "transaction",
                    scope -> one.inTransaction(
                            scope,
                            "",
                            (inner, session) -> one.run(inner, session, "value", "select pg_backend_pid()")
                                    .onComplete(process)
                                    .compose(pid -> inner.await("the end of the session", over.future()))
                                    .compose(ended -> one.run(inner, session, "value", "select 2"))));
            gone(Rig.await(process.future()));
            over.complete();
            MusterException error = Bench.failure(task);
            assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.TIMEOUT);
            assertThat(error.more()).containsEntry("code", code);
            assertThat(one.value("select 1")).isEqualTo(1L);
        }
    }

    private static void unavailable(MusterException error, String code) {
        assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(error.more()).containsEntry("code", code);
    }

    private static void sleeping(Object process) {
        until("exists (select 1 from pg_stat_activity where wait_event = 'PgSleep' and pid = " + process + ")");
    }

    private static void gone(Object process) {
        until("not exists (select 1 from pg_stat_activity where pid = " + process + ")");
    }

    /** Waits on the server. */
    private static void until(String condition) {
        db.many("do $$ begin while not (" + condition
                + ") loop perform pg_sleep(0.01), pg_stat_clear_snapshot(); end loop; end $$");
    }
}
