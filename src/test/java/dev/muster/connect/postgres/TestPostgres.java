package dev.muster.connect.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The Postgres of the tests: the one that {@code MUSTER_TEST_POSTGRES} names, or one that is started once a run. */
final class TestPostgres {
    private static final String URL = url();

    private TestPostgres() {}

    static String address() {
        return URL;
    }

    private static String url() {
        String given = System.getenv("MUSTER_TEST_POSTGRES");
        if (given != null) {
            return given;
        }
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "100")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
            return "postgres://postgres@localhost:" + server.getPort() + "/postgres";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            // The process is ending anyway.
        }
    }
}
