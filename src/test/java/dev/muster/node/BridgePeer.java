package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client of the TCP bridge that blocks, made of nothing but a socket. */
public final class BridgePeer implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    public BridgePeer(ServeRig rig) throws IOException {
        this(rig.service().bridgePort());
    }

    public BridgePeer(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** A frame by turns of names and values; null values are left out. */
    static Map<String, Object> frame(String type, @Nullable Object... words) {
        var frame = new LinkedHashMap<String, Object>();
        frame.put("type", type);
        for (int i = 0; i < words.length; i += 2) {
            if (words[i + 1] != null) {
                frame.put(String.valueOf(words[i]), words[i + 1]);
            }
        }
        return frame;
    }

    public BridgePeer send(Map<String, ?> frame) throws IOException {
        return raw(Json.writeBytes(frame));
    }

    BridgePeer raw(byte[] body) throws IOException {
        out.writeInt(body.length);
        out.write(body);
        out.flush();
        return this;
    }

    BridgePeer bytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    BridgePeer register(String address) throws IOException {
        return send(frame("register", "address", address));
    }

    /** Waits until all that was sent before was taken. */
    BridgePeer settled() throws IOException {
        send(frame("ping"));
        assertThat(next()).containsEntry("type", "pong");
        return this;
    }

    @SuppressWarnings("unchecked")
    public Map<String, Object> next() throws IOException {
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return (Map<String, Object>) Json.parse(new String(body, StandardCharsets.UTF_8));
    }

    /** Asks, and gives the frame that answers. */
    Map<String, Object> ask(String address, Map<String, ?> body) throws IOException {
        send(frame("send", "address", address, "body", body, "replyAddress", "r1"));
        return next();
    }

    /** The error object of a frame. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> error(Map<String, Object> frame) {
        assertThat(frame).containsEntry("type", "err");
        return (Map<String, Object>) Json.parse((String) frame.get("message"));
    }

    /** Whether the server has closed it. */
    boolean isEnded() throws IOException {
        try {
            while (in.read() >= 0) {
                // what was still on its way
            }
            return true;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
