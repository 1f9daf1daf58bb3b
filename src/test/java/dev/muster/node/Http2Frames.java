package dev.muster.node;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2 (RFC 9113) by hand, with headers as HPACK (RFC 7541) has them. */
final class Http2Frames {

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;

    private Http2Frames() {}

    static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    /** The headers of a request with one that is long, and many times the same again in a byte each. */
    static byte[] bomb(int length, int times) {
        var head = new ByteArrayOutputStream();
        head.writeBytes(head("GET", "/api/health"));
        head.write(0x40);
        head.write(1);
        head.write('x');
        head.write(0x7f);
        int rest = length - 0x7f;
        while (rest >= 0x80) {
            head.write(rest & 0x7f | 0x80);
            rest >>= 7;
        }
        head.write(rest);
        head.writeBytes("y".repeat(length).getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < times; i++) {
            head.write(0x80 | 62);
        }
        return head.toByteArray();
    }

    /** The headers of a request. */
    static byte[] head(String method, String path) {
        var head = new ByteArrayOutputStream();
        // Of the static table: the method, http, then the path and the authority by name.
        head.write(method.equals("GET") ? 0x82 : 0x83);
        head.write(0x86);
        named(head, 4, path);
        named(head, 1, "localhost");
        return head.toByteArray();
    }

    private static void named(ByteArrayOutputStream head, int index, String value) {
        head.write(index);
        head.write(value.length());
        head.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A header that no table knows. */
    static byte[] literal(String name, String value) {
        var head = new ByteArrayOutputStream();
        head.write(0);
        head.write(name.length());
        head.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
        head.write(value.length());
        head.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
        return head.toByteArray();
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write(stream >> shift);
        }
        frame.writeBytes(payload);
        return frame.toByteArray();
    }
}
