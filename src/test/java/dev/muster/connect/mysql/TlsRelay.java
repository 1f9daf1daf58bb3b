package dev.muster.connect.mysql;

import dev.muster.connect.Rig;
import dev.muster.connect.http.TestKeys;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;

/**
 * Gives TLS to a server that has none: says in the server's greeting that it has, speaks TLS with the client after that, and
 * takes the wish for TLS out of the client's login.
 */
final class TlsRelay implements AutoCloseable {
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int REQUEST_BYTES = 36;
    private static final int SSL = 0x0800;

    private final Vertx vertx = Vertx.vertx();
    private final MySqlAddress server;
    private final String user;
    private final ServerSSLOptions keys;
    private final int port;

    TlsRelay(String address, TestKeys keys) {
        this.server = MySqlAddress.parse(address);
        this.user = address.substring(address.indexOf("://") + 3, address.indexOf(server.host()));
        this.keys = new ServerSSLOptions();
        this.keys.setKeyCertOptions(new PemKeyCertOptions()
                .setCertPath(keys.cert().toString())
                .setKeyPath(keys.key().toString()));
        this.port = Rig.await(
                        vertx.createNetServer().connectHandler(this::accept).listen(0, "127.0.0.1"))
                .actualPort();
    }

    /** Where it listens, by this name of the machine. */
    String address(String host, String sslMode) {
        return "mysql://" + user + host + ":" + port + "/" + server.database().orElse("") + "?sslMode=" + sslMode;
    }

    private void accept(NetSocket near) {
        near.exceptionHandler(broken -> {});
        vertx.createNetClient().connect(server.port(), server.host()).onSuccess(far -> {
            near.closeHandler(gone -> far.close());
            far.closeHandler(gone -> near.close());
            far.handler(greeting -> {
                far.handler(near::write);
                offer(greeting);
                near.handler(request -> secure(near, far, request));
                near.write(greeting);
            });
        });
    }

    /** Capabilities come behind the version of the protocol and of the server, the number, a nonce and a zero. */
    private static void offer(Buffer greeting) {
        int at = HEADER + 1;
        while (greeting.getByte(at) != 0) {
            at++;
        }
        int capabilities = at + 1 + 4 + 8 + 1;
        greeting.setUnsignedShortLE(capabilities, greeting.getUnsignedShortLE(capabilities) | SSL);
    }

    private void secure(NetSocket near, NetSocket far, Buffer request) {
        if (request.length() != REQUEST_BYTES) {
            near.close();
            return;
        }
        near.handler(login -> {
            near.handler(far::write);
            login.setByte(SEQUENCE, (byte) 1);
            login.setUnsignedShortLE(HEADER, login.getUnsignedShortLE(HEADER) & ~SSL);
            far.write(login);
        });
        near.upgradeToSsl(keys);
    }

    @Override
    public void close() {
        Rig.await(vertx.close());
    }
}
