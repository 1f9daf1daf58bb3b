package dev.muster.dev;

/**
 * A database server on a loopback port that ends with this process. Safe on any thread, but the methods block and must not be
 * called on an event loop.
 */
public interface DatabaseServer extends AutoCloseable {

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
