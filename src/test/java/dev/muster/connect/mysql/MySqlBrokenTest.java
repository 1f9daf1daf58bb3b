package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are not there, or not well, or want nobody. */
@Timeout(60)
class MySqlBrokenTest {
    private final String address = TestServers.mysql().freshDatabase();

    private static MusterException unavailable(Bench db, String... words) {
        MusterException error = db.fail("value", "select 1");
        assertThat(error.type()).as(error.detail()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(error.detail()).contains(words);
        return error;
    }

    private String with(String user, String database) {
        MySqlAddress server = MySqlAddress.parse(address);
        return "mysql://" + user + "@" + server.authority() + "/" + database;
    }

    @Test
    void nobodyListens_isUnavailable() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (Bench db = Bench.at("mysql://127.0.0.1:" + port + "/x")) {
            unavailable(db, "127.0.0.1:" + port, "connection refused");
        }
    }

    @Test
    void unknownHost_isUnavailable() {
        try (Bench db = Bench.at("mysql://nowhere.invalid/x")) {
            unavailable(db, "nowhere.invalid", "cannot be resolved");
        }
    }

    @Test
    void wrongPassword_isUnavailable_andNeverShown() {
        try (Bench db = Bench.at(with("muster:hush-hush", "x"))) {
            MusterException error = unavailable(db, "Access denied", "(1045, 28000)");
            assertThat(error.more()).containsEntry("code", 1045L);
            assertThat(error.detail()).doesNotContain("hush");
        }
    }

    @Test
    void unknownDatabase_isUnavailable() {
        String user = address.substring(8, address.indexOf('@'));
        try (Bench db = Bench.at(with(user, "nosuch"))) {
            unavailable(db, "nosuch", "(1049, 42000)");
        }
    }

    @Test
    void tlsThatTheServerLacks_isUnavailable() {
        try (Bench db = Bench.at(address + "?sslMode=required", "connectTimeout: 1s")) {
            unavailable(db, "sslMode requires TLS");
        }
    }

    @Test
    void serverWithoutRoom_saysSo() {
        try (Bench admin = Bench.at(address)) {
            String user = "narrow" + System.nanoTime();
            admin.all("create user " + user + "@'%' identified by 'n' with max_user_connections 1");
            try (Bench db = Bench.at(with(user + ":n", ""), "pool: 3")) {
                List<Task<Object>> tasks = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    tasks.add(db.start("value", "select sleep(0.3)"));
                }
                List<String> refused = tasks.stream()
                        .map(task -> task.future()
                                .toCompletionStage()
                                .toCompletableFuture()
                                .handle((done, why) -> why))
                        .map(ended -> ended.orTimeout(20, TimeUnit.SECONDS).join())
                        .filter(MusterException.class::isInstance)
                        .map(why -> ((MusterException) why).detail())
                        .toList();
                assertThat(refused)
                        .isNotEmpty()
                        .allSatisfy(text -> assertThat(text).contains("max_user_connections", "make pool smaller"));
            } finally {
                admin.all("drop user " + user);
            }
        }
    }

    @Test
    void serverThatAcceptsAndSaysNothing_isGivenUp_andItsPlaceIsFree() {
        try (Relay relay = new Relay(address);
                Bench db = Bench.at(relay.address(), "connectTimeout: 300ms", "pool: 1")) {
            relay.mute();
            unavailable(db, "within 300ms", "connectTimeout");
            unavailable(db, "connectTimeout");
            relay.speak();
            assertThat(Rig.await(db.rig
                            .start(scope -> db.run(scope, "value", "select 5"))
                            .future()))
                    .isEqualTo(5L);
        }
    }

    @Test
    void garbage_isUnavailable() {
        try (Bench db = Bench.at("mysql://127.0.0.1:1/x", "connectTimeout: 500ms");
                Rig rig = new Rig()) {
            var server = Rig.await(rig.vertx
                    .createNetServer()
                    .connectHandler(socket -> socket.write(Buffer.buffer("HTTP/1.1 400 Bad Request\r\n\r\n")))
                    .listen(0, "127.0.0.1"));
            try (Bench lost = Bench.at("mysql://127.0.0.1:" + server.actualPort() + "/x", "connectTimeout: 500ms")) {
                unavailable(lost, "127.0.0.1");
            }
        }
    }

    @Test
    void serverThatGoesDownAndComesBack_isUsedAgain() {
        try (Relay relay = new Relay(address);
                Bench db = Bench.at(relay.address(), "pool: 2")) {
            assertThat(db.value("select 1")).isEqualTo(1L);
            Task<Object> running = db.start("value", "select sleep(30)");
            try (Bench other = Bench.at(address)) {
                MySqlCancelTest.until(
                        other, MySqlAddress.parse(address).database().orElseThrow(), "%sleep(30)%", 1);
                relay.down();
                assertThat(Bench.failure(running).type()).isEqualTo(ErrorType.UNAVAILABLE);
                unavailable(db, "connection refused");
                relay.back();
                assertThat(db.value("select 2")).isEqualTo(2L);
                other.many("select 1");
            }
        }
    }

    @Test
    void connectionThatTheServerKills_isReplaced() {
        try (Bench db = Bench.at(address, "pool: 1");
                Bench other = Bench.at(address)) {
            Object id = db.value("select connection_id()");
            other.all("kill " + id);
            Task<Object> first = db.start("value", "select 1");
            first.future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .handle((done, why) -> why)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            assertThat(db.value("select 2")).isEqualTo(2L);
        }
    }

    @Test
    void exhaustedPool_refuses_andAWaitIsCancelled() {
        try (Bench db = Bench.at(address, "pool: 1", "maxWaiting: 1", "waitTimeout: 200ms")) {
            Task<Object> holder = db.start("value", "select sleep(1)");
            Task<Object> waiting = db.start("value", "select 2");
            Task<Object> refused = db.start("value", "select 3");
            assertThat(Bench.failure(refused).detail()).contains("the pool of source db is full", "maxWaiting");
            assertThat(Bench.failure(waiting).detail()).contains("no place in the pool", "200ms", "waitTimeout");
            Task<Object> cancelled = db.start("value", "select 4");
            cancelled.cancel(CancelReason.of("left"));
            assertThat(Rig.causeOf(cancelled.future())).isInstanceOf(CancelledException.class);
            assertThat(Rig.await(holder.future())).isEqualTo(0L);
            assertThat(db.value("select 5")).isEqualTo(5L);
        }
    }

    @Test
    void close_leavesNoConnection() {
        String database = MySqlAddress.parse(address).database().orElseThrow();
        try (Bench other = Bench.at(address)) {
            other.value("select 1");
            Bench db = Bench.at(address, "pool: 3");
            // Connections of tests before this one may still be on their way out; ids only grow.
            Object first = db.value("select connection_id()");
            db.close();
            String left = "select count(*) from information_schema.processlist where db = ? and id >= ?";
            for (int asked = 0; !other.value(left, database, first).equals(0L); asked++) {
                assertThat(asked).isLessThan(5_000);
            }
        }
    }

    @Test
    void sessions_sayWhoTheyAre() {
        try (Bench db = Bench.at(address)) {
            assertThat(db.one("select @@character_set_client as c, @@character_set_results as r, @@time_zone as z"))
                    .isEqualTo(java.util.Map.of("c", "utf8mb4", "r", "utf8mb4", "z", "+00:00"));
        }
    }
}
