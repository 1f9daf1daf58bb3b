package dev.muster.dev;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.net.InetSocketAddress;

/**
 * A server that speaks MongoDB's protocol and stores data in the memory of this process. It has no sessions, transactions, change
 * streams, {@code currentOp} or {@code explain}.
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
            server.bind(LocalServer.LOOPBACK, 0);
            return new LocalMongo(server, server.getLocalAddress());
        } catch (RuntimeException e) {
            server.shutdownNow();
            throw new MusterException(ErrorType.UNAVAILABLE, "embedded Mongo does not start: " + e.getMessage(), e);
        }
    }

    @Override
    public String uri(String database) {
        return "mongodb://" + LocalServer.LOOPBACK + ":" + address.getPort() + "/" + database;
    }

    /** Always reports a new database: the server creates a database on the first write. */
    @Override
    public boolean create(String database) {
        return true;
    }

    @Override
    public void keep(String database) {}

    /** Does nothing: databases end with the server. */
    @Override
    public void drop(String database) {}

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** Does nothing, because there is no process to end. */
    @Override
    public void kill() {}
}
