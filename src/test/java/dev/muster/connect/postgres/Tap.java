package dev.muster.connect.postgres;

import dev.muster.connect.Rig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A way to the tests' server that can be cut and opened again. */
final class Tap implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final List<NetSocket> sockets = new CopyOnWriteArrayList<>();
    private final String to;
    private volatile boolean open = true;
    private volatile boolean silent;
    private final AtomicInteger swallowed = new AtomicInteger();
    private final AtomicReference<Instead> instead = new AtomicReference<>();
    private final NetServer server;

    /** A way to the server of an address. */
    Tap(String address) {
        to = address;
        server = Rig.await(vertx.createNetServer(
                        new NetServerOptions().setHost("127.0.0.1").setPort(0))
                .connectHandler(this::connected)
                .listen());
    }

    /** The address with this in the server's place. */
    String address() {
        return to.replaceFirst("@[^/]+/", "@127.0.0.1:" + server.actualPort() + "/");
    }

    /** Ends all connections, and each new one, until it is opened. */
    void cut() {
        open = false;
        sockets.forEach(socket -> Rig.await(socket.close()));
    }

    void open() {
        open = true;
    }

    /** Accepts further connections and leads them nowhere. */
    void silence() {
        silent = true;
    }

    /** Takes what so many further connections say first, and closes them as if it had been done. */
    void swallow(int connections) {
        swallowed.set(connections);
    }

    /** How many connections are still to be swallowed. */
    int toSwallow() {
        return swallowed.get();
    }

    /** Says this in place of the next thing that the server says; done when it is said. */
    Future<Void> sayInstead(byte[] bytes) {
        var next = new Instead(bytes, Promise.promise());
        instead.set(next);
        return next.said.future();
    }

    private record Instead(byte[] bytes, Promise<Void> said) {}

    /** Says this to all who are connected. */
    void say(byte[] bytes) {
        sockets.forEach(socket -> {
            if (socket.localAddress().port() == server.actualPort()) {
                Rig.await(socket.write(Buffer.buffer(bytes)));
            }
        });
    }

    private void heard(NetSocket in, Buffer fromServer) {
        Instead next = instead.getAndSet(null);
        if (next == null) {
            in.write(fromServer);
        } else {
            in.write(Buffer.buffer(next.bytes)).onComplete(next.said);
        }
    }

    private void connected(NetSocket in) {
        if (silent) {
            sockets.add(in.handler(lost -> {}));
            return;
        }
        if (!open) {
            in.close();
            return;
        }
        if (swallowed.get() > 0) {
            in.handler(said -> {
                swallowed.decrementAndGet();
                in.close();
            });
            return;
        }
        String authority = to.replaceFirst(".*@([^/]+)/.*", "$1");
        int colon = authority.lastIndexOf(':');
        in.pause();
        vertx.createNetClient()
                .connect(Integer.parseInt(authority.substring(colon + 1)), authority.substring(0, colon))
                .onFailure(failed -> in.close())
                .onSuccess(out -> {
                    sockets.add(in);
                    sockets.add(out);
                    in.pipeTo(out).onComplete(done -> out.close());
                    out.handler(fromServer -> heard(in, fromServer));
                    out.endHandler(over -> in.close());
                });
    }

    @Override
    public void close() {
        Rig.await(vertx.close());
    }
}
