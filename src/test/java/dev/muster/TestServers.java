package dev.muster;

import dev.muster.dev.DatabaseServer;
import dev.muster.dev.DatabaseServers;
import java.util.Optional;

/**
 * The database servers that tests run on: each is started when the first test asks for it and ends with the JVM. The
 * environment puts them on others, by address: {@code MUSTER_TEST_POSTGRES}, {@code MUSTER_TEST_MYSQL},
 * {@code MUSTER_TEST_MONGO}; its user has to be allowed to make databases.
 */
public final class TestServers {
    private static final TestServer POSTGRES =
            new TestServer("MUSTER_TEST_POSTGRES", () -> DatabaseServers.postgres(Optional.empty()));
    private static final TestServer MYSQL =
            new TestServer("MUSTER_TEST_MYSQL", () -> DatabaseServers.mysql(Optional.empty()));
    private static final TestServer MONGO = new TestServer("MUSTER_TEST_MONGO", DatabaseServers::mongo);

    private TestServers() {}

    /** Starts a server. */
    interface Starter {
        DatabaseServer start() throws InterruptedException;
    }

    /** A Postgres. */
    public static TestServer postgres() {
        return POSTGRES;
    }

    /** A MySQL or MariaDB. */
    public static TestServer mysql() {
        return MYSQL;
    }

    /** Something that speaks MongoDB's protocol. */
    public static TestServer mongo() {
        return MONGO;
    }
}
