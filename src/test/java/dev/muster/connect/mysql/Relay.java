package dev.muster.connect.mysql;

import dev.muster.connect.Rig;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a source and its server, on a port of its own, and breaks the line in several ways. */
final class Relay implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final MySqlAddress server;
    private final String user;
    private final NetClient client = vertx.createNetClient();
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private NetServer listener;
    private int port;
    private volatile boolean silent;

    /** To the server at this address. */
    Relay(String address) {
        server = MySqlAddress.parse(address);
        user = address.substring(address.indexOf("://") + 3, address.indexOf(server.host()));
        back();
    }

    /** Where it listens, as an address of the same database. */
    String address() {
        return "mysql://" + user + "127.0.0.1:" + port + "/" + server.database().orElse("");
    }

    /** The server is down: nobody listens, and every connection is gone. */
    void down() {
        Rig.await(listener.close());
        sockets.forEach(NetSocket::close);
    }

    /** The server is there again. */
    void back() {
        listener = vertx.createNetServer().connectHandler(this::accept);
        port = Rig.await(listener.listen(port, "127.0.0.1")).actualPort();
    }

    /** From now on nothing passes, and nothing is closed either; new connections are accepted and left alone. */
    void mute() {
        silent = true;
        sockets.forEach(NetSocket::pause);
    }

    /** New connections pass again. */
    void speak() {
        silent = false;
    }

    private void accept(NetSocket near) {
        keep(near);
        if (silent) {
            return;
        }
        near.pause();
        client.connect(server.port(), server.host())
                .onSuccess(far -> {
                    keep(far);
                    near.pipeTo(far);
                    far.pipeTo(near);
                })
                .onFailure(failure -> near.close());
    }

    private void keep(NetSocket socket) {
        sockets.add(socket);
        socket.closeHandler(gone -> sockets.remove(socket));
        socket.exceptionHandler(broken -> {});
    }

    @Override
    public void close() {
        Rig.await(vertx.close());
    }
}
