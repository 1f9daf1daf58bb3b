package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DatabaseServersTest {
    private final Vertx vertx = OneLoop.vertx();

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void postgres_takesStatements() throws Exception {
        String uri = TestServers.postgres().freshDatabase();
        System.err.println(uri);
        try (SqlLink link = SqlLink.connect(vertx, uri)) {
            link.run("create table t (a int); insert into t values (1)");
        }
    }

    @Test
    void mysql_takesStatements() throws Exception {
        String uri = TestServers.mysql().freshDatabase();
        System.err.println(uri);
        try (SqlLink link = SqlLink.connect(vertx, uri)) {
            link.run("create table t (a int); insert into t values (1)");
        }
    }

    @Test
    void mongo() throws Exception {
        String uri = TestServers.mongo().freshDatabase();
        assertThat(uri).startsWith("mongodb://");
        System.err.println(uri);
    }
}
