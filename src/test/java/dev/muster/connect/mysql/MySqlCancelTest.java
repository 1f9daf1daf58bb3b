package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cancelled statement ends on the server, and nothing else does. */
@Timeout(60)
class MySqlCancelTest {
    private static final String WHO_RUNS =
            "select count(*) from information_schema.processlist where db = ? and info like ? and id <> connection_id()"
                    + " and command <> 'Prepare'";

    private final String address = TestServers.mysql().freshDatabase();

    /** Waits until the server says so; a query a time, so that no time has to be guessed. */
    static void until(Bench other, String database, String like, long expected) {
        for (int asked = 0; asked < 5_000; asked++) {
            if (other.value(WHO_RUNS, database, like).equals(expected)) {
                return;
            }
        }
        throw new AssertionError("still not " + expected + " of " + like + ": " + other.many("show full processlist"));
    }

    private String database() {
        return address.substring(address.lastIndexOf('/') + 1);
    }

    private static void cancelled(Task<?> task) {
        task.cancel(CancelReason.of("the caller left"));
        assertThat(Rig.causeOf(task.future())).isInstanceOf(CancelledException.class);
    }

    @Test
    void cancelledSleep_isGoneFromTheServer_andItsConnectionIsUsedAgain() {
        try (Bench db = Bench.at(address, "pool: 1");
                Bench other = Bench.at(address)) {
            Object id = db.value("select connection_id()");
            Task<Object> task = db.start("many", "select sleep(100) as a");
            until(other, database(), "%sleep(100)%", 1);
            cancelled(task);
            assertThat(other.value(WHO_RUNS, database(), "%sleep(100)%")).isEqualTo(0L);
            assertThat(db.value("select connection_id()")).isEqualTo(id);
            assertThat(db.statistics().closed()).isZero();
            assertThat(db.statistics().cancelled()).isEqualTo(1);
            assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
        }
    }

    @Test
    void killedBenchmark_endsInASuccessForTheServer_butTheStepIsCancelled() {
        try (Bench db = Bench.at(address, "pool: 1");
                Bench other = Bench.at(address)) {
            Task<Object> task = db.start("value", "select benchmark(1000000000000, md5('x'))");
            until(other, database(), "%benchmark%", 1);
            cancelled(task);
            until(other, database(), "%benchmark%", 0);
            assertThat(db.value("select 1")).isEqualTo(1L);
            assertThat(db.statistics().closed()).isZero();
        }
    }

    @Test
    void cancelledWrite_leavesNothing() {
        try (Bench db = Bench.at(address, "pool: 1");
                Bench other = Bench.at(address)) {
            db.all("create table slow (a int)");
            Task<Object> task = db.start("none", "insert into slow select sleep(10) from (values (1), (2), (3)) v");
            until(other, database(), "%insert into slow%", 1);
            cancelled(task);
            assertThat(db.value("select count(*) from slow")).isEqualTo(0L);
        }
    }

    @Test
    void waitForALock_isCancelled() {
        try (Bench db = Bench.at(address);
                Bench other = Bench.at(address)) {
            // Held by one statement that goes on: a lock of the session would end with its step.
            Task<Object> holder = other.start("value", "select get_lock('a', 1) + sleep(100)");
            until(other, database(), "%sleep(100)%", 1);
            Task<Object> task = db.start("value", "select get_lock('a', 100)");
            until(other, database(), "%get_lock(_a_, 100)%", 1);
            cancelled(task);
            until(other, database(), "%get_lock(_a_, 100)%", 0);
            cancelled(holder);
        }
    }

    @Test
    void cancelWhileRowsFlow_endsTheQuery_andFreesItsPlace() {
        try (Bench db = Bench.at(address, "pool: 1")) {
            Task<Object> task = db.start("many", "select seq, repeat('x', 1000) as x from seq_1_to_90000");
            cancelled(task);
            assertThat(db.value("select 7")).isEqualTo(7L);
        }
    }

    @Test
    void tooManyRows_endTheQuery() {
        try (Bench db = Bench.at(address, "pool: 1", "maxRows: 10");
                Bench other = Bench.at(address)) {
            assertThat(db.fail("many", "select seq from seq_1_to_1000000000").detail())
                    .contains("more than 10 rows", "maxRows");
            until(other, database(), "%seq_1_to_1000000000%", 0);
            assertThat(db.value("select 7")).isEqualTo(7L);
        }
    }

    @Test
    void cancelDuringAFetch_endsTheQuery() {
        try (Bench db = Bench.at(address, "pool: 1");
                Bench other = Bench.at(address)) {
            Task<Object> task = db.rig.start(scope -> db.open(scope, "select sleep(100) as a")
                    .compose(items -> items.next())
                    .map(row -> (Object) row));
            until(other, database(), "%sleep(100)%", 1);
            cancelled(task);
            assertThat(other.value(WHO_RUNS, database(), "%sleep(100)%")).isEqualTo(0L);
            assertThat(db.value("select 7")).isEqualTo(7L);
        }
    }

    @Test
    void cancelBetweenFetches_closesTheCursor_andKillsNothing() {
        try (Bench db = Bench.at(address, "pool: 1", "fetch: 2")) {
            Object id = db.value("select connection_id()");
            var first = new CompletableFuture<Object>();
            Task<Object> task = db.rig.start(scope -> db.open(scope, "select seq from seq_1_to_1000")
                    .compose(items -> items.next())
                    .compose(row -> {
                        first.complete(row.orElseThrow());
                        return scope.sleep(Duration.ofMinutes(1)).map(slept -> (Object) "");
                    }));
            assertThat(first.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(Map.of("seq", 1L));
            cancelled(task);
            assertThat(db.value("select connection_id()")).isEqualTo(id);
            assertThat(db.statistics().cancelled()).isZero();
            assertThat(db.statistics().closed()).isZero();
        }
    }

    @Test
    void cancelInATransaction_takesItBack() {
        try (Bench db = Bench.at(address, "pool: 1");
                Bench other = Bench.at(address)) {
            db.all("create table kept (a int)");
            Task<Object> task = db.rig.start(scope -> db.inTransaction(
                    scope,
                    "",
                    (inner, session) -> db.run(inner, session, "none", "insert into kept values (1)")
                            .compose(done -> db.run(inner, session, "value", "select sleep(100)"))));
            until(other, database(), "%sleep(100)%", 1);
            cancelled(task);
            assertThat(db.value("select count(*) from kept")).isEqualTo(0L);
            assertThat(db.statistics().closed()).isZero();
        }
    }

    @Test
    void unconfirmedCancel_closesTheConnection() {
        try (Relay relay = new Relay(address);
                Bench db = Bench.at(relay.address(), "pool: 1");
                Bench other = Bench.at(address)) {
            Task<Object> task = db.start("value", "select sleep(5)");
            until(other, database(), "%sleep(5)%", 1);
            relay.mute();
            cancelled(task);
            assertThat(db.statistics().closed()).isEqualTo(1);
            assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 1, 0));
            relay.speak();
            assertThat(db.value("select 7")).isEqualTo(7L);
        }
    }
}
