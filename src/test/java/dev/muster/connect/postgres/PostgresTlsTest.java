package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.connect.http.TestKeys;
import dev.muster.dev.DatabaseServer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.State;
import dev.muster.task.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that speaks TLS. */
class PostgresTlsTest {
    @TempDir
    private static Path folder;

    private static DatabaseServer server;
    private static TestKeys keys;
    private static String address;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(TestServers.postgres().isEmbedded());
        server = DatabaseServer.postgres(Optional.empty(), line -> {});
        keys = TestKeys.make(folder, "localhost");
        address = server.uri("postgres").replaceFirst("@[^:/]+", "@localhost");
        try (Bench plain = Bench.at(server.uri("postgres"))) {
            write(plain, keys.cert(), "server.crt");
            write(plain, keys.key(), "server.key");
            plain.many("alter system set ssl = on");
            plain.many("select pg_reload_conf()");
            for (int i = 0; i < 10_000 && plain.value("show ssl").equals("off"); i++) {
                plain.value("select 1");
            }
        }
    }

    private static void write(Bench db, Path from, String name) throws Exception {
        String lines = Files.readString(from).strip().replace("\n", "','");
        String program = "'cat > " + name + " && chmod 600 " + name + "'";
        db.many("copy (select unnest(array['" + lines + "'])) to program " + program);
    }

    @AfterAll
    static void close() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void trustedServer_isAskedOverTls() {
        try (Bench db = Bench.at(address, "tls: {trust: '" + keys.cert() + "'}", "pool: 1")) {
            assertThat(db.value("select ssl from pg_stat_ssl where pid = pg_backend_pid()"))
                    .isEqualTo(true);
        }
    }

    @Test
    void cancel_goesOverTlsToo() {
        try (Bench db = Bench.at(address + "?sslmode=require", "pool: 1")) {
            long pid = (Long) db.value("select pg_backend_pid()");
            Task<Object> task = db.start("many", "select pg_sleep(30)").withTimeout(Duration.ofMillis(200));
            Rig.causeOf(task.future());
            assertThat(task.state()).isEqualTo(State.TIMED_OUT);
            assertThat(db.value("select pg_backend_pid()"))
                    .as("the same connection")
                    .isEqualTo(pid);
            assertThat(db.statistics().closed()).isZero();
        }
    }

    @Test
    void serverThatIsNotTrusted_isUnavailable() {
        try (Bench db = Bench.at(address + "?sslmode=verify-full")) {
            MusterException error = db.fail("many", "select 1");
            assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(error.detail()).contains("TLS failed");
        }
    }

    @Test
    void serverOfAnotherName_isUnavailable() {
        String other = address.replaceFirst("@localhost", "@127.0.0.1");
        try (Bench db = Bench.at(other, "tls: {trust: '" + keys.cert() + "'}")) {
            assertThat(db.fail("many", "select 1").type()).isEqualTo(ErrorType.UNAVAILABLE);
        }
        try (Bench db = Bench.at(other + "?sslmode=verify-ca", "tls: {trust: '" + keys.cert() + "'}")) {
            assertThat(db.value("select 1")).isEqualTo(1L);
        }
    }
}
