package dev.muster.connect.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;

/**
 * A Postgres CancelRequest on its own socket. The server closes that socket after it has sent its signal, and from then on the
 * request can no longer act. The protocol reports nothing else.
 */
final class CancelRequest {
    private static final int REQUEST_BYTES = 16;
    private static final int REQUEST = 80_877_102;
    private static final int TLS_BYTES = 8;
    private static final int TLS = 80_877_103;

    private CancelRequest() {}

    /** Sends a cancel request; completes when the server has closed the socket. */
    static Future<Void> send(NetClient client, PgConnectOptions options, boolean overTls, int processId, int secret) {
        return client.connect(options.getSocketAddress())
                .compose(socket ->
                        ask(socket, options, overTls, processId, secret).onFailure(failed -> socket.close()));
    }

    private static Future<Void> ask(
            NetSocket socket, PgConnectOptions options, boolean overTls, int processId, int secret) {
        Promise<Void> over = Promise.promise();
        socket.exceptionHandler(over::tryFail);
        Buffer request = Buffer.buffer(REQUEST_BYTES)
                .appendInt(REQUEST_BYTES)
                .appendInt(REQUEST)
                .appendInt(processId)
                .appendInt(secret);
        if (!overTls) {
            socket.closeHandler(closed -> over.tryComplete());
            socket.write(request).onFailure(over::tryFail);
            return over.future();
        }
        socket.closeHandler(closed -> over.tryFail(new IOException("the server rejects TLS for a cancel")));
        socket.handler(answer -> {
            if (answer.getByte(0) != 'S') {
                over.tryFail(new IOException("the server does not speak TLS any more"));
                return;
            }
            socket.handler(ignored -> {});
            socket.upgradeToSsl(options.getSslOptions().copy())
                    .compose(secure -> {
                        socket.closeHandler(closed -> over.tryComplete());
                        return socket.write(request);
                    })
                    .onFailure(over::tryFail);
        });
        socket.write(Buffer.buffer(TLS_BYTES).appendInt(TLS_BYTES).appendInt(TLS))
                .onFailure(over::tryFail);
        return over.future();
    }
}
