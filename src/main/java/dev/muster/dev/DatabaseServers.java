package dev.muster.dev;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts database servers on free loopback ports that end with this process. A call blocks until the server accepts connections,
 * which takes a second or less once its binaries are unpacked. On failure it throws {@link dev.muster.plan.MusterException} of type
 * {@code unavailable} with the server's output. After a failure or an interrupt nothing is left running.
 */
public final class DatabaseServers {

    private DatabaseServers() {}

    /**
     * Starts Postgres 17.
     *
     * @param lasting the folder below which data is kept; if empty, data is removed with the server
     * @param progress receives a line for people if a step takes seconds
     */
    public static DatabaseServer postgres(Optional<Path> lasting, Consumer<String> progress)
            throws InterruptedException {
        return LocalServer.start(new PostgresRecipe(Cache.ofUser()), lasting, progress);
    }

    /**
     * Starts MariaDB 11.4.
     *
     * @param lasting the folder below which data is kept; if empty, data is removed with the server
     * @param progress receives a line for people if a step takes seconds
     */
    public static DatabaseServer mysql(Optional<Path> lasting, Consumer<String> progress) throws InterruptedException {
        return LocalServer.start(new MariaRecipe(Cache.ofUser()), lasting, progress);
    }

    /** Starts a server that speaks MongoDB's protocol and stores data in the memory of this process. */
    public static DatabaseServer mongo() {
        return LocalMongo.start();
    }
}
