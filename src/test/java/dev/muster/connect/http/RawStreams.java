package dev.muster.connect.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connection of HTTP/2 by prior knowledge whose frames a test writes by itself, so that it can say what no server would.
 * On the loop of its socket.
 */
final class RawStreams {

    /** What a test does about a request, once its headers are there. */
    interface Asked {
        void on(RawStreams connection, int stream, String method, String path);
    }

    private static final int PREFACE_BYTES = 24;
    private static final int HEAD_BYTES = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GO_AWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    final NetSocket socket;
    private final Asked asked;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final Map<Integer, Integer> resets = new LinkedHashMap<>();
    private Buffer come = Buffer.buffer();
    private boolean begun;

    RawStreams(NetSocket socket, Asked asked) {
        this.socket = socket;
        this.asked = asked;
        socket.handler(this::read);
        frame(SETTINGS, 0, 0, Buffer.buffer());
    }

    private void read(Buffer bytes) {
        come.appendBuffer(bytes);
        if (!begun && come.length() >= PREFACE_BYTES) {
            begun = true;
            come = come.getBuffer(PREFACE_BYTES, come.length());
        }
        while (begun && come.length() >= HEAD_BYTES && come.length() >= HEAD_BYTES + come.getMedium(0)) {
            int end = HEAD_BYTES + come.getMedium(0);
            Buffer whole = come.getBuffer(0, end);
            come = come.getBuffer(end, come.length());
            frame(whole.getByte(3), whole.getByte(4), whole.getInt(5), whole.getBuffer(HEAD_BYTES, end));
        }
    }

    private void frame(byte type, byte flags, int stream, Buffer content) {
        if (type == SETTINGS && (flags & 1) == 0) {
            frame(SETTINGS, 1, 0, Buffer.buffer());
        } else if (type == DATA && content.length() > 0) {
            // The connection may go on; a stream gets no more than it had at first.
            frame(WINDOW_UPDATE, 0, 0, Buffer.buffer().appendInt(content.length()));
        } else if (type == RESET) {
            resets.put(stream, content.getInt(0));
        } else if (type == HEADERS) {
            int priority = (flags & 0x20) == 0 ? 0 : 5;
            ByteBuf block = Unpooled.wrappedBuffer(content.getBytes(priority, content.length()));
            try {
                Http2Headers headers = decoder.decodeHeaders(stream, block);
                asked.on(
                        this,
                        stream,
                        headers.method().toString(),
                        headers.path().toString());
            } catch (Http2Exception e) {
                throw new IllegalStateException(e);
            } finally {
                block.release();
            }
        }
    }

    /** With which code the client reset a stream, or null. */
    Integer resetOf(int stream) {
        return resets.get(stream);
    }

    /** Headers in pairs. */
    void headers(int stream, boolean end, int status, String... more) {
        Http2Headers headers = new DefaultHttp2Headers(false).status(String.valueOf(status));
        for (int i = 0; i < more.length; i += 2) {
            headers.add(more[i], more[i + 1]);
        }
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, headers, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        block.release();
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, Buffer.buffer(bytes));
    }

    void data(int stream, boolean end, Buffer content) {
        frame(DATA, end ? END_STREAM : 0, stream, content);
    }

    /** A final response of text. */
    void respond(int stream, String text) {
        headers(stream, false, 200, "content-type", "text/plain");
        data(stream, true, Buffer.buffer(text));
    }

    void reset(int stream, int code) {
        frame(RESET, 0, stream, Buffer.buffer().appendInt(code));
    }

    void goAway(int lastStream, int code) {
        frame(GO_AWAY, 0, 0, Buffer.buffer().appendInt(lastStream).appendInt(code));
    }

    private void frame(int type, int flags, int stream, Buffer content) {
        socket.write(Buffer.buffer()
                .appendMedium(content.length())
                .appendByte((byte) type)
                .appendByte((byte) flags)
                .appendInt(stream)
                .appendBuffer(content));
    }
}
