package dev.muster.connect.postgres;

import dev.muster.connect.Rig;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * A pooler in front of the tests' server, which has keys of its own for its clients. It gives each a session of the server, or
 * one session to all: whoever spoke last gets the answer.
 */
public final class SharingPooler implements AutoCloseable {
    private static final int KEY_BYTES = 13;
    private static final String LATIN = "ISO-8859-1";

    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final boolean shares;
    private final String to;
    private final NetServer server;
    private @Nullable NetSocket session;
    private @Nullable NetSocket last;
    private Buffer welcome = Buffer.buffer();
    private boolean isOpen;
    private volatile String refused = "";

    /** One that shares a session, or does not. */
    public SharingPooler(String address, boolean shares) {
        this.to = address;
        this.shares = shares;
        this.server = Rig.await(vertx.createNetServer(
                        new NetServerOptions().setHost("127.0.0.1").setPort(0))
                .connectHandler(this::connected)
                .listen());
    }

    /** The address with this in the server's place. */
    public String address() {
        return to.replaceFirst("@[^/]+/", "@127.0.0.1:" + server.actualPort() + "/");
    }

    private void connected(NetSocket in) {
        if (shares && session != null) {
            in.handler(begin -> in.write(welcome)
                    .onComplete(welcomed -> in.handler(said -> {
                        if (said.getByte(0) != 'X') {
                            last = in;
                            session.write(said);
                        }
                    })));
            return;
        }
        in.pause();
        last = in;
        String authority = to.replaceFirst(".*@([^/]+)/.*", "$1");
        int colon = authority.lastIndexOf(':');
        client.connect(Integer.parseInt(authority.substring(colon + 1)), authority.substring(0, colon))
                .onFailure(failed -> in.close())
                .onSuccess(out -> {
                    session = shares ? out : null;
                    in.handler(begin -> {
                        // It knows less than the client of how a session may be.
                        out.write(Buffer.buffer(begin.toString(LATIN).replace("iso_8601", "postgres"), LATIN));
                        in.handler(said -> {
                            last = in;
                            out.write(refusing(said));
                        });
                    });
                    out.handler(said -> answered(in, said));
                    in.closeHandler(closed -> {
                        if (!shares) {
                            out.close();
                        }
                    });
                    in.resume();
                });
    }

    /** Lets the server refuse what has this word; nothing from now on if that is empty. */
    public void refuse(String word) {
        refused = word;
    }

    private Buffer refusing(Buffer said) {
        String word = refused;
        return word.isEmpty()
                ? said
                : Buffer.buffer(said.toString(LATIN).replace(word, word.substring(0, word.length() - 1) + "_"), LATIN);
    }

    private void answered(NetSocket first, Buffer said) {
        NetSocket to = shares ? last : first;
        int key = said.toString(LATIN).indexOf("K\0\0\0\f");
        boolean isWelcome = key >= 0 && !isOpen && said.length() >= key + KEY_BYTES;
        if (isWelcome) {
            isOpen = shares;
            said.setInt(key + 5, said.getInt(key + 5) + 100_000_000);
            // Logged in, what the server says of itself, the key.
            welcome = said.slice(said.toString(LATIN).indexOf("R\0\0\0\b\0\0\0\0"), said.length());
        }
        to.write(said);
    }

    @Override
    public void close() {
        Rig.await(vertx.close());
    }
}
