package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Promise;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A cancel ends what runs on the server, and nothing else. */
class PostgresCancelTest {
    private static final String STILL_RUNNING =
            "select count(*) from pg_stat_activity where state = 'active' and query like '%' || $1 || '%'"
                    + " and pid <> pg_backend_pid()";

    @Test
    void running_endsOnTheServerAndTheConnectionIsUsedAgain() {
        try (Bench db = Bench.of("pool: 1")) {
            long pid = (Long) db.value("select pg_backend_pid()");
            Task<Object> task = started(db, "select pg_sleep(30), 'mark1'");
            cancel(task);
            assertThat(task.state()).isEqualTo(State.CANCELLED);
            assertThat(db.value(STILL_RUNNING, "mark1")).isEqualTo(0L);
            assertThat(db.value("select pg_backend_pid()")).isEqualTo(pid);
            assertThat(db.statistics().cancelled()).isEqualTo(1);
            assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
            assertThat(db.statistics().closed()).isZero();
        }
    }

    @Test
    void timeOut_isTheSameCancel() {
        try (Bench db = Bench.of("pool: 1")) {
            Task<Object> task = db.start("many", "select pg_sleep(30), 'mark2'").withTimeout(Duration.ofMillis(300));
            Rig.causeOf(task.future());
            assertThat(task.state()).isEqualTo(State.TIMED_OUT);
            assertThat(db.value(STILL_RUNNING, "mark2")).isEqualTo(0L);
        }
    }

    @Test
    void whileWaitingForAConnection_leavesAtOnce() {
        try (Bench db = Bench.of("pool: 1")) {
            Task<Object> first = started(db, "select pg_sleep(30)");
            Task<Object> second = db.start("many", "select 2");
            cancel(second);
            assertThat(second.state()).isEqualTo(State.CANCELLED);
            assertThat(db.statistics().pool().waiting()).isZero();
            cancel(first);
            assertThat(db.value("select 3")).isEqualTo(3L);
        }
    }

    @Test
    void whileConnecting_endsAtOnceAndThePlaceFollows() {
        var accepted = new CompletableFuture<Void>();
        try (Bench db = silent(accepted, "connectTimeout: 500ms")) {
            Task<Object> task = db.start("many", "select 1");
            assertThat(accepted).succeedsWithin(10, TimeUnit.SECONDS);
            cancel(task);
            assertThat(task.state()).isEqualTo(State.CANCELLED);
            assertThat(db.statistics().pool().inUse()).isEqualTo(1);
            awaitIdle(db);
        }
    }

    @Test
    void serverThatAcceptsAndSaysNothing_isGivenUp() {
        try (Bench db = silent(new CompletableFuture<>(), "connectTimeout: 300ms", "pool: 1")) {
            for (int i = 0; i < 3; i++) {
                assertThat(db.fail("many", "select 1").type()).isEqualTo(ErrorType.UNAVAILABLE);
            }
            awaitIdle(db);
        }
    }

    @Test
    void cancelThatIsNotConfirmed_closesTheConnection() {
        try (Tap tap = new Tap(TestServers.postgres().uri());
                Bench db = Bench.at(tap.address(), "pool: 1")) {
            Task<Object> task = started(db, "select pg_sleep(3)");
            tap.silence();
            cancel(task);
            assertThat(task.state()).isEqualTo(State.CANCELLED);
            awaitIdle(db);
            assertThat(db.statistics().closed()).isEqualTo(1);
            assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(0, 1, 0));
        }
    }

    @Test
    void cancelThatHitsNothing_isRepeated() {
        try (Tap tap = new Tap(TestServers.postgres().uri());
                Bench db = Bench.at(tap.address(), "pool: 1")) {
            long pid = (Long) db.value("select pg_backend_pid()");
            Task<Object> task = started(db, "select pg_sleep(30), 'mark3'");
            tap.swallow(2);
            cancel(task);
            assertThat(tap.toSwallow()).isZero();
            assertThat(db.value(STILL_RUNNING, "mark3")).isEqualTo(0L);
            assertThat(db.value("select pg_backend_pid()")).isEqualTo(pid);
            assertThat(db.statistics().cancels()).isEqualTo(new Receipts.Statistics(1, 0, 0));
        }
    }

    @Test
    void afterTheEnd_doesNothing() {
        try (Bench db = Bench.of("pool: 1")) {
            Task<Object> task = db.start("value", "select 1");
            assertThat(Rig.await(task.future())).isEqualTo(1L);
            task.cancel(CancelReason.of("test"));
            assertThat(db.value("select 2")).isEqualTo(2L);
            assertThat(db.statistics().cancelled()).isZero();
        }
    }

    private static Task<Object> started(Bench db, String sql) {
        long before = db.statistics().statements();
        Task<Object> task = db.start("many", sql);
        eventually(db, () -> db.statistics().statements() > before);
        return task;
    }

    private static void cancel(Task<?> task) {
        task.cancel(CancelReason.of("test"));
        Rig.causeOf(task.future());
    }

    private static void awaitIdle(Bench db) {
        eventually(db, () -> db.statistics().pool().inUse() == 0);
    }

    static void eventually(Bench db, java.util.function.BooleanSupplier condition) {
        Promise<Void> holds = Promise.promise();
        // On the loop: from another thread a timer may fire before it can be cancelled.
        db.rig.loop.execute(() -> db.rig.vertx.setPeriodic(5, timer -> {
            if (condition.getAsBoolean()) {
                db.rig.vertx.cancelTimer(timer);
                holds.tryComplete();
            }
        }));
        Rig.await(holds.future());
    }

    /** A source whose server accepts and never answers. */
    private static Bench silent(CompletableFuture<Void> accepted, String... words) {
        var vertx = io.vertx.core.Vertx.vertx();
        NetServer server = Rig.await(vertx.createNetServer(
                        new NetServerOptions().setHost("127.0.0.1").setPort(0))
                .connectHandler(socket -> socket.handler(hello -> accepted.complete(null)))
                .listen());
        return Bench.at("postgres://someone:secret@127.0.0.1:" + server.actualPort() + "/x", words)
                .closing(vertx);
    }
}
