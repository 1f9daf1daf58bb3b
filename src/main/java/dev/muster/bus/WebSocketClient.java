package dev.muster.bus;

import dev.muster.access.Callers;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A bridge connection over WebSocket, or over a SockJS fallback transport. Runs on the loop of its server. */
final class WebSocketClient implements BridgeSocket {

    private final SockJSSocket socket;

    private WebSocketClient(SockJSSocket socket) {
        this.socket = socket;
    }

    static void serve(Bridge.Context context, SockJSSocket socket) {
        var client = new WebSocketClient(socket);
        var session = new BridgeSession(context, client);
        socket.exceptionHandler(broken -> close(socket, broken));
        socket.closeHandler(closed -> session.closed());
        socket.handler(message -> session.frame(message.getBytes()));
        session.open();
    }

    /** Closes a broken connection. A message that is too large cannot be skipped, so the close code reports it. */
    private static void close(SockJSSocket socket, Throwable broken) {
        if (broken instanceof CorruptedWebSocketFrameException corrupted) {
            socket.close(corrupted.closeStatus().code(), corrupted.closeStatus().reasonText());
        } else if (broken instanceof TooLongFrameException || broken instanceof IllegalStateException) {
            // Vert.x throws IllegalStateException for a fragmented message that is too large.
            socket.close(
                    WebSocketCloseStatus.MESSAGE_TOO_BIG.code(), WebSocketCloseStatus.MESSAGE_TOO_BIG.reasonText());
        } else {
            socket.close();
        }
    }

    @Override
    public String messageType() {
        return "rec";
    }

    @Override
    public @Nullable String authorization() {
        return Callers.authorization(socket.headers());
    }

    @Override
    public Future<Void> write(byte[] json) {
        return socket.write(new String(json, StandardCharsets.UTF_8));
    }

    @Override
    public ReadStream<?> stream() {
        return socket;
    }

    @Override
    public boolean isStuck() {
        return false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
