package dev.muster.connect.mysql;

import static dev.muster.connect.mysql.FakeMySql.error;
import static dev.muster.connect.mysql.FakeMySql.ok;
import static dev.muster.connect.mysql.FakeMySql.packets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Body;
import dev.muster.task.Task;
import dev.muster.task.TimedOutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session's limit follows the time that is left to the steps that use it, and costs no wait. */
@Timeout(60)
class MySqlLimitTest {
    private static final String SET = "set session max_execution_time=";
    private static final String LIMIT = "select @@max_statement_time";

    /** What a body gives that has so many milliseconds left; none at all where it is 0. */
    private static Object within(Bench db, long millis, Body<Object> body) {
        return db.rig.run(scope -> {
            if (millis > 0) {
                scope.task().withTimeout(Duration.ofMillis(millis));
            }
            return body.run(scope);
        });
    }

    private static Object one(Bench db, long millis, String sql) {
        return within(db, millis, scope -> db.run(scope, "value", sql));
    }

    private static void none(Bench db, long... millis) {
        for (long each : millis) {
            within(db, each, scope -> db.run(scope, "none", "do 1"));
        }
    }

    private static List<String> sets(FakeMySql server) {
        return server.commands.stream()
                .filter(text -> text.startsWith(SET))
                .map(text -> text.substring(SET.length()))
                .toList();
    }

    /** Of a session that begins with this limit in milliseconds. */
    private static byte[][] greetingWith(char limit) {
        byte[][] greeting = FakeMySql.greeting();
        byte[] row = greeting[greeting.length - 2];
        row[row.length - 1] = (byte) limit;
        return greeting;
    }

    @Test
    void limit_travelsWithItsStatement_andNobodyWaitsForItsAnswer() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> {
                    if (text.startsWith(SET)) {
                        return packets();
                    }
                    // The answer to the limit comes only now that the statement is there as well.
                    return command == FakeMySql.EXECUTE ? packets(ok(false), ok(false)) : null;
                });
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            none(db, 8_000);
            assertThat(sets(server)).containsExactly("10000");
        }
    }

    @Test
    void limit_goesOnlyWhenItsStepChanges_inBothDirections() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> null);
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            none(db, 0, 8_000, 9_000, 8_000, 90_000, 99_000, 45_000, 45_000, 0, 0, 900_000);
            assertThat(sets(server)).containsExactly("10000", "100000", "50000", "0", "1000000");
        }
    }

    @Test
    void switchedOff_saysAndAsksNothing() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> null);
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false", "statementLimit: false")) {
            none(db, 8_000, 90_000);
            assertThat(server.commands).noneMatch(text -> text.contains("max_execution_time"));
        }
    }

    @Test
    void serverWithoutSuchALimit_isAskedOnce_notByEachConnection() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) -> text.contains("max_execution_time")
                        ? packets(error(1193, "HY000", "Unknown variable"))
                        : command == FakeMySql.PREPARE && text.equals("do 2")
                                ? packets(error(1053, "08S01", "Server shutdown"))
                                : null);
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            none(db, 8_000, 90_000);
            Task<Object> broken = db.start("none", "do 2");
            assertThat(Bench.failure(broken).type()).isEqualTo(ErrorType.UNAVAILABLE);
            none(db, 8_000);
            // Twice by the first connection, and by the one after the broken one; the one beside the pool may be on its
            // way.
            assertThat(server.commands.stream().filter(text -> text.startsWith("select connection_id()")))
                    .hasSizeBetween(3, 4);
            assertThat(server.commands.stream().filter(text -> text.contains("max_execution_time")))
                    .hasSize(1);
        }
    }

    @Test
    void limitThatIsRefused_isNotSaidAgain_andItsStatementRuns() throws Exception {
        var runs = new AtomicInteger();
        try (FakeMySql server = new FakeMySql((command, text) -> {
                    if (command == FakeMySql.EXECUTE) {
                        runs.incrementAndGet();
                    }
                    return text.startsWith(SET) ? packets(error(1227, "42000", "Access denied")) : null;
                });
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            none(db, 8_000, 90_000, 8_000);
            assertThat(sets(server)).containsExactly("10000");
            assertThat(runs).hasValue(3);
        }
    }

    @Test
    void limitThatSomebodyKilled_isSaidAgain() throws Exception {
        try (FakeMySql server = new FakeMySql((command, text) ->
                        text.equals(SET + "10000") ? packets(error(1317, "70100", "Interrupted")) : null);
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            none(db, 8_000, 9_000, 90_000, 99_000);
            assertThat(sets(server)).containsExactly("10000", "10000", "100000");
        }
    }

    @Test
    void answerThatIsNone_endsTheConnection() throws Exception {
        try (FakeMySql server = new FakeMySql(
                        (command, text) -> text.startsWith(SET) ? packets(FakeMySql.file("/etc/hostname")) : null);
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            Task<Object> task = db.rig.start(scope -> {
                scope.task().withTimeout(Duration.ofSeconds(10));
                return db.run(scope, "none", "do 1");
            });
            MusterException failure = Bench.failure(task);
            assertThat(failure.type()).isEqualTo(ErrorType.BAD_RESPONSE);
            assertThat(failure.detail()).contains("the limit of a statement", "the connection is closed");
            // Nothing but the statement, which was on its way.
            assertThat(server.sentForFile()).hasSize(14);
        }
    }

    @Test
    void limitOfTheServersOwn_isNeverLoosened() throws Exception {
        try (FakeMySql server = new FakeMySql(
                        (command, text) -> text.startsWith("select connection_id()") ? greetingWith('9') : null);
                Bench db = Bench.at(server.address(), "pool: 1", "peers: false")) {
            none(db, 0, 8_000, 90_000);
            assertThat(sets(server)).isEmpty();
        }
    }

    @Test
    void largeStatement_isNotCutByItsLimit() {
        try (Bench db = Bench.of("pool: 1")) {
            String large = "x".repeat(17 << 20);
            Object length = within(db, 45_000, scope -> db.run(scope, "value", "select length(?)", large));
            assertThat(length).isEqualTo((long) large.length());
            assertThat(one(db, 45_000, LIMIT)).hasToString("50.0");
        }
    }

    @Test
    void timeThatIsALengthItself_isEndedByTheNode_withAReceipt() {
        try (Bench db = Bench.of("pool: 1")) {
            int tries = 10;
            for (int i = 0; i < tries; i++) {
                Task<Object> task = db.rig.start(scope -> {
                    scope.task().withTimeout(Duration.ofMillis(100));
                    return db.run(scope, "value", "select sleep(20)");
                });
                assertThat(Rig.causeOf(task.future())).isInstanceOf(TimedOutException.class);
            }
            assertThat(db.statistics().cancels().confirmed()).isEqualTo(tries);
        }
    }

    @Test
    void sessionUsedAgain_hasTheLimitOfItsNextStep() {
        try (Bench db = Bench.of("pool: 1")) {
            assertThat(one(db, 8_000, LIMIT)).hasToString("10.0");
            assertThat(one(db, 90_000, LIMIT)).hasToString("100.0");
            assertThat(one(db, 0, LIMIT)).hasToString("0.0");
            assertThat(one(db, 15_000, LIMIT)).hasToString("20.0");
        }
    }

    @Test
    void transactionsStreamsAndCalls_areBoundedToo() {
        try (Bench db = Bench.of("pool: 1")) {
            db.all("create or replace procedure bound() begin select @@max_statement_time as a; end");
            Object inTransaction = within(
                    db,
                    15_000,
                    scope -> db.inTransaction(scope, "", (own, session) -> db.run(own, session, "value", LIMIT)));
            assertThat(inTransaction).hasToString("20.0");
            Object streamed = within(
                    db,
                    45_000,
                    scope -> db.open(scope, LIMIT + " as a")
                            .compose(items -> items.next())
                            .map(row -> row.orElseThrow()));
            assertThat(streamed).hasToString("{a=50.0}");
            assertThat(one(db, 90_000, "call bound()")).hasToString("100.0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"select row_count()", "select /* how many */ Row_Count ( ) as n"})
    void statementThatAsksAboutTheOneBefore_getsItsAnswer(String question) {
        try (Bench db = Bench.of("pool: 1")) {
            db.all("create table counted (a int)", "insert into counted values (1), (2), (3)");
            Task<Object> task = db.rig.tasks.start(
                    "test",
                    scope -> db.inTransaction(
                            scope,
                            "",
                            (own, session) -> db.run(own, session, "none", "update counted set a = a + 1")
                                    .compose(done -> {
                                        scope.task().withTimeout(Duration.ofSeconds(10));
                                        return db.run(own, session, "value", question);
                                    })));
            assertThat(Rig.await(task.future())).isEqualTo(3L);
        }
    }

    @Test
    void limitThatAnAuthorSets_staysInItsTransaction() {
        try (Bench db = Bench.of("pool: 1")) {
            Object author = within(
                    db,
                    15_000,
                    scope -> db.inTransaction(
                            scope,
                            "",
                            (own, session) -> db.run(own, session, "none", "set session max_statement_time = 7")
                                    .compose(done -> {
                                        scope.task().withTimeout(Duration.ofSeconds(10));
                                        return db.run(own, session, "value", LIMIT);
                                    })));
            assertThat(author).hasToString("7.0");
            assertThat(one(db, 15_000, LIMIT)).hasToString("20.0");
        }
    }

    @Test
    void setStatementOfAnAuthor_isTheirs() {
        try (Bench db = Bench.of("pool: 1")) {
            assertThat(one(db, 15_000, "set statement max_statement_time = 3 for " + LIMIT))
                    .hasToString("3.0");
        }
    }
}
