package dev.muster.dev;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A database server on a loopback port that ends with this process. Safe on any thread, but the methods block and must not be
 * called on an event loop.
 *
 * <p>A start blocks until the server accepts connections, which takes a second or less once its binaries are unpacked. On failure
 * it throws {@link dev.muster.plan.MusterException} of type {@code unavailable} with the server's output. After a failure or an
 * interrupt nothing is left running.
 */
public interface DatabaseServer extends AutoCloseable {

    /**
     * Starts Postgres 17.
     *
     * @param lasting the folder below which data is kept; if empty, data is removed with the server
     * @param progress receives a line for people if a step takes seconds
     */
    static DatabaseServer postgres(Optional<Path> lasting, Consumer<String> progress) throws InterruptedException {
        return LocalServer.start(new PostgresRecipe(Cache.ofUser()), lasting, progress);
    }

    /**
     * Starts MariaDB 11.4.
     *
     * @param lasting the folder below which data is kept; if empty, data is removed with the server
     * @param progress receives a line for people if a step takes seconds
     */
    static DatabaseServer mysql(Optional<Path> lasting, Consumer<String> progress) throws InterruptedException {
        return LocalServer.start(new MariaRecipe(Cache.ofUser()), lasting, progress);
    }

    /** Starts a server that speaks MongoDB's protocol and stores data in the memory of this process. */
    static DatabaseServer mongo() {
        return LocalMongo.start();
    }

    /** The address of one of its databases, as in {@code muster.yaml}. */
    String uri(String database);

    /**
     * Creates an empty database, unless one of this name was {@linkplain #keep kept}. A database that exists but was not kept
     * counts as incomplete and is replaced.
     *
     * @return whether the database is new
     * @throws dev.muster.plan.MusterException if the server rejects it
     */
    boolean create(String database) throws InterruptedException;

    /** Marks a database as complete. With lasting data this also holds after the server's next start. */
    void keep(String database);

    /** Removes a database and disconnects its clients. */
    void drop(String database) throws InterruptedException;

    /** Stops the server and waits a limited time for its end. Temporary data is removed. */
    @Override
    void close();

    /** Requests the stop of the server and does not wait. */
    void kill();
}
