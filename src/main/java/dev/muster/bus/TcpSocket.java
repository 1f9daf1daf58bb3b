package dev.muster.bus;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A bridge connection over TCP. Runs on the loop of its server. */
final class TcpSocket implements BridgeSocket {

    private final NetSocket socket;
    private @Nullable FrameReader reader;
    private long framesBefore = -1;

    private TcpSocket(NetSocket socket) {
        this.socket = socket;
    }

    static void serve(Bridge.Context context, NetSocket socket) {
        var tcp = new TcpSocket(socket);
        var session = new BridgeSession(context, tcp);
        var frames = new FrameReader(context.bridge().limits().bodyBytes(), session);
        tcp.reader = frames;
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(closed -> {
            frames.end();
            session.closed();
        });
        socket.handler(frames);
        session.open();
    }

    @Override
    public String messageType() {
        return "message";
    }

    @Override
    public @Nullable String authorization() {
        return null;
    }

    @Override
    public Future<Void> write(byte[] json) {
        return socket.write(Buffer.buffer(json.length + Integer.BYTES)
                .appendInt(json.length)
                .appendBytes(json));
    }

    @Override
    public ReadStream<?> stream() {
        return socket;
    }

    @Override
    public boolean isStuck() {
        FrameReader frames = reader;
        if (frames == null || !frames.isAmid()) {
            framesBefore = -1;
            return false;
        }
        boolean stuck = frames.frames() == framesBefore;
        framesBefore = frames.frames();
        return stuck;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.end();
        }
        socket.close();
    }
}
