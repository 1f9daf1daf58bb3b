package dev.muster.dev;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.net.InetSocketAddress;

/**
 * A server that speaks MongoDB's protocol and keeps everything in this process's memory. It has no sessions, transactions,
 * change streams, {@code currentOp} or {@code explain}.
 */
final class LocalMongo implements DatabaseServer {
    private final MongoServer server;
    private final InetSocketAddress address;

    private LocalMongo(MongoServer server, InetSocketAddress address) {
        this.server = server;
        this.address = address;
    }

    static LocalMongo start() {
        var server = new MongoServer(new MemoryBackend());
        try {
            server.bind(FreePort.LOOPBACK, 0);
            return new LocalMongo(server, server.getLocalAddress());
        } catch (RuntimeException e) {
            server.shutdownNow();
            throw new MusterException(ErrorType.UNAVAILABLE, "embedded Mongo does not start: " + e.getMessage(), e);
        }
    }

    @Override
    public String uri(String database) {
        return "mongodb://" + FreePort.LOOPBACK + ":" + address.getPort() + "/" + database;
    }

    /** Databases come into being when something is written to them. */
    @Override
    public boolean create(String database) {
        return true;
    }

    /** They go with the server. */
    @Override
    public void drop(String database) {}

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** There is no process to end. */
    @Override
    public void kill() {}
}
