package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.TestServer;
import dev.muster.TestServers;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedDatabasesTest {
    @TempDir
    private Path dir;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Vertx vertx = EmbeddedServices.oneLoop();

    @BeforeEach
    void folder() throws IOException {
        Files.createDirectory(dir.resolve("dev"));
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void start_givesEachSourceADatabase_filledFromItsFile() throws Exception {
        write(
                "catalog.sql",
                "create table t (a int);\ncreate function f() returns int language sql as $$ select 1; $$;");
        write("shop.sql", "create table t (a int);\ndelimiter //\ncreate procedure p() begin select 1; end//");
        write("reviews.json", "{\"all\": [{\"_id\": {\"$oid\": \"507f1f77bcf86cd799439011\"}, \"n\": 1.0}]}");
        List<SourceConfig> sources = List.of(
                source("catalog", "postgres"),
                source("empty", "postgres"),
                source("shop", "mysql"),
                source("reviews", "mongo"));

        try (EmbeddedServices services = EmbeddedServices.all(Optional.empty())) {
            Map<String, String> addresses = services.start(sources, said::add);

            assertThat(addresses).containsOnlyKeys("catalog", "empty", "shop", "reviews");
            run(addresses.get("catalog"), "insert into t values (f())");
            assertThatThrownBy(() -> run(addresses.get("empty"), "insert into t values (1)"))
                    .hasMessageContaining("does not exist");
            run(addresses.get("shop"), "insert into t values (1)");
            run(addresses.get("shop"), "call p()");
            assertThat(addresses.get("reviews"))
                    .startsWith("mongodb://127.0.0.1:")
                    .endsWith("/reviews");
            assertThat(addresses.get("catalog")).startsWith("postgres://").endsWith("/catalog");
            assertThat(addresses.get("shop")).startsWith("mysql://").endsWith("/shop");
            assertThat(said)
                    .contains("embedded: starting Postgres", "embedded: empty " + addresses.get("empty") + ", empty")
                    .anyMatch(
                            line -> line.startsWith("embedded: catalog " + addresses.get("catalog") + ", filled in "));
        }
    }

    @Test
    void lastingFolder_keepsWhatWasWritten_andFillsOnce() throws Exception {
        Path data = dir.resolve("data");
        write("catalog.sql", "create table t (a int primary key); insert into t values (1)");
        write("shop.sql", "create table t (a int primary key); insert into t values (1)");
        List<SourceConfig> sources = List.of(source("catalog", "postgres"), source("shop", "mysql"));

        for (int start = 2; start < 4; start++) {
            try (EmbeddedServices services = EmbeddedServices.all(Optional.of(data))) {
                Map<String, String> addresses = services.start(sources, said::add);
                run(addresses.get("catalog"), "insert into t values (" + start + ")");
                run(addresses.get("shop"), "insert into t values (" + start + ")");
            }
        }

        assertThat(said)
                .anyMatch(line -> line.startsWith("embedded: shop ") && line.endsWith(", with its previous data"));
    }

    @Test
    void lastingFolder_isOneProcessesAlone() throws Exception {
        try (DatabaseServer first = DatabaseServer.postgres(Optional.of(dir), line -> {})) {
            assertThatThrownBy(() -> DatabaseServer.postgres(Optional.of(dir), line -> {}))
                    .hasMessage("embedded Postgres does not start: another process uses " + dir.resolve("postgres")
                            + "; stop it or use another folder");
            assertThat(first.create("x")).isTrue();
        }
    }

    @Test
    void statementThatPostgresRefuses_isAProblemAtItsPlace() throws Exception {
        write("catalog.sql", "create table t (a int);\n\ninsert into t values ('é',\n  nothing);");

        assertThatThrownBy(() -> fill("catalog.sql", TestServers.postgres()))
                .isInstanceOf(ProblemsException.class)
                .hasMessage(dir.resolve("dev/catalog.sql") + ":4:3: column \"nothing\" does not exist (42703)");
    }

    @Test
    void statementThatMysqlRefuses_isAProblemInItsLine() throws Exception {
        write("shop.sql", "create table t (a int);\n\ninsert into t\nvalues (1);\ninsert into t\nvalue error;");

        assertThatThrownBy(() -> fill("shop.sql", TestServers.mysql()))
                .isInstanceOf(ProblemsException.class)
                .hasMessageStartingWith(dir.resolve("dev/shop.sql") + ":6:1: You have an error in your SQL syntax")
                .hasMessageEndingWith("near 'error' at line 2 (1064/42000)");
    }

    @Test
    void statementWithoutAPlace_isAProblemWhereItBegins() throws Exception {
        write(
                "catalog.sql",
                "create table t (a int primary key);\n insert into t values (1);\n insert into t values (1);");

        assertThatThrownBy(() -> fill("catalog.sql", TestServers.postgres()))
                .hasMessageContaining(
                        "catalog.sql:3:2: duplicate key value violates unique constraint \"t_pkey\" (23505);"
                                + " Key (a)=(1) already exists.");
    }

    @Test
    void fillThatFails_stopsTheServer() throws Exception {
        var server = new Recorded();
        write("catalog.sql", "select 1");
        var databases = new EmbeddedDatabases("postgres", "P", progress -> server);

        assertThatThrownBy(() -> databases.start(List.of(source("catalog", "postgres")), line -> {}))
                .hasMessageStartingWith("cannot connect to set it up");
        assertThat(server.closed).isTrue();
    }

    @Test
    void placeholder_readsTheFile_soThatACheckFindsItsMistakes() throws Exception {
        write("catalog.sql", "copy t from stdin;\n1\n");
        write("shop.sql", "select 'x");
        write("reviews.json", "{\"all\": [1, {\"_id\": {\"$oid\": \"x\"}}], \"b\": {}}");
        EmbeddedServices services = EmbeddedServices.all(Optional.empty());

        assertThatThrownBy(() -> services.placeholder(source("catalog", "postgres")))
                .hasMessageContaining("catalog.sql:1:1: COPY");
        assertThatThrownBy(() -> services.placeholder(source("shop", "mysql"))).hasMessageContaining("shop.sql:1:8: ");
        assertThatThrownBy(() -> services.placeholder(source("reviews", "mongo")))
                .hasMessageContaining("reviews.json:1:10: a document must be a map")
                .hasMessageContaining("reviews.json:1:13: not extended JSON")
                .hasMessageContaining("reviews.json:1:43: the collection b must be a list");
        assertThat(services.placeholder(source("other", "mongo"))).isEqualTo("mongodb://embedded.invalid/other");
        assertThat(services.kinds()).containsExactlyInAnyOrder("http", "postgres", "mysql", "mongo");
    }

    @Test
    void failureOfOne_stopsTheOthers() throws Exception {
        var other = new Recorded();
        var failing = new EmbeddedDatabases("mysql", "M", progress -> {
            throw new IllegalStateException("no");
        });
        var services =
                new EmbeddedServices(List.of(new EmbeddedDatabases("postgres", "P", progress -> other), failing));

        assertThatThrownBy(() -> services.start(List.of(source("a", "postgres"), source("b", "mysql")), line -> {}))
                .hasMessage("no");
        assertThat(other.closed || !other.used).isTrue();
    }

    private void fill(String name, TestServer server) throws InterruptedException {
        SqlFill.read(dir.resolve("dev").resolve(name), name.equals("catalog.sql"))
                .run(vertx, server.freshDatabase());
    }

    private void run(String uri, String sql) throws InterruptedException, ExecutionException {
        try (SqlLink link = SqlLink.connect(vertx, uri)) {
            link.run(sql);
        }
    }

    private SourceConfig source(String name, String kind) {
        Position at = new Position(dir.resolve("muster.yaml").toString(), 3, 5);
        return new SourceConfig(name, kind, Mapping.empty(at), at);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve("dev").resolve(name), text);
    }

    /** A server that notes what became of it. */
    private static final class Recorded implements DatabaseServer {
        private volatile boolean used;
        private volatile boolean closed;

        @Override
        public String uri(String database) {
            used = true;
            return "postgres://127.0.0.1:1/" + database;
        }

        @Override
        public boolean create(String database) {
            return true;
        }

        @Override
        public void keep(String database) {}

        @Override
        public void drop(String database) {}

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public void kill() {}
    }
}
