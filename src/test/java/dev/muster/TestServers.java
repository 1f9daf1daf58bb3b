package dev.muster;

import dev.muster.dev.DatabaseServer;
import java.util.Optional;

/**
 * The database servers of the tests. Each starts on first use and ends with the JVM. The variables {@code MUSTER_TEST_POSTGRES},
 * {@code MUSTER_TEST_MYSQL} and {@code MUSTER_TEST_MONGO} name other servers by address; their users must be allowed to create
 * databases.
 */
public final class TestServers {
    private static final TestServer POSTGRES =
            new TestServer("MUSTER_TEST_POSTGRES", () -> DatabaseServer.postgres(Optional.empty(), line -> {}));
    private static final TestServer MYSQL =
            new TestServer("MUSTER_TEST_MYSQL", () -> DatabaseServer.mysql(Optional.empty(), line -> {}));
    private static final TestServer MONGO = new TestServer("MUSTER_TEST_MONGO", DatabaseServer::mongo);

    private TestServers() {}

    /** Starts a server. */
    interface Starter {
        DatabaseServer start() throws InterruptedException;
    }

    /** Returns a Postgres server. */
    public static TestServer postgres() {
        return POSTGRES;
    }

    /** Returns a MySQL or MariaDB server. */
    public static TestServer mysql() {
        return MYSQL;
    }

    /** Returns a server that speaks MongoDB's protocol. */
    public static TestServer mongo() {
        return MONGO;
    }
}
