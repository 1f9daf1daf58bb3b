package dev.muster.dev;

/**
 * A database server on a loopback port that lives and dies with this process. Safe on every thread; its methods block and
 * are never called on an event loop.
 */
public interface DatabaseServer extends AutoCloseable {

    /** The address of a database of it, as it would stand in {@code muster.yaml}. */
    String uri(String database);

    /**
     * Makes a database, if there is none of this name yet.
     *
     * @return whether it is new
     * @throws dev.muster.plan.MusterException if the server refuses
     */
    boolean create(String database) throws InterruptedException;

    /** Removes a database and throws out who uses it. */
    void drop(String database) throws InterruptedException;

    /** Stops it and waits for that, within bounds; what it keeps in a temporary folder is gone then. */
    @Override
    void close();

    /** Has it stopped and waits for nothing. */
    void kill();
}
