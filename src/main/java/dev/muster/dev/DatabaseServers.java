package dev.muster.dev;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts servers that live and die with this process, on free loopback ports. Each call blocks until the server takes
 * connections, a second or less where its binaries have been unpacked before, and throws
 * {@link dev.muster.plan.MusterException} of type {@code unavailable} with what it said if it does not; nothing is left
 * running then, nor after an interrupt.
 */
public final class DatabaseServers {

    private DatabaseServers() {}

    /**
     * A Postgres 17.
     *
     * @param lasting the folder below which its data are kept; without it they go with the server
     */
    public static DatabaseServer postgres(Optional<Path> lasting) throws InterruptedException {
        return LocalServer.start(new PostgresRecipe(Cache.ofUser()), lasting);
    }

    /**
     * A MariaDB 11.4.
     *
     * @param lasting the folder below which its data are kept; without it they go with the server
     */
    public static DatabaseServer mysql(Optional<Path> lasting) throws InterruptedException {
        return LocalServer.start(new MariaRecipe(Cache.ofUser()), lasting);
    }

    /** One that speaks MongoDB's protocol, in this process's memory. */
    public static DatabaseServer mongo() {
        return LocalMongo.start();
    }
}
