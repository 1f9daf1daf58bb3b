package dev.muster.connect.http;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server in front of another that takes connections, but lets nothing through before it is opened: in front of a server
 * with TLS, a connection is being made for as long as a test wants.
 */
final class Gate {
    private final NetServer server;
    // Kept: Vert.x closes the connections of a client that nobody holds any more.
    private final NetClient client;
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private final Promise<Void> opened = Promise.promise();
    private final AtomicInteger callers = new AtomicInteger();

    Gate(Harness http, int behindPort) {
        client = http.vertx.createNetClient();
        server = http.serveRaw(socket -> {
            Context context = Vertx.currentContext();
            callers.incrementAndGet();
            socket.pause();
            opened.future()
                    .onSuccess(open -> context.runOnContext(ignored ->
                            client.connect(behindPort, "localhost").onSuccess(behind -> join(socket, behind))));
            reached.complete(null);
        });
    }

    int port() {
        return server.actualPort();
    }

    /** How many have connected. */
    int callers() {
        return callers.get();
    }

    /** Waits until somebody has connected. */
    void awaitCaller() {
        Harness.await(reached);
    }

    void open() {
        opened.complete();
    }

    private static void join(NetSocket caller, NetSocket behind) {
        caller.handler(behind::write);
        behind.handler(caller::write);
        caller.closeHandler(closed -> behind.close());
        behind.closeHandler(closed -> caller.close());
        caller.resume();
    }
}
