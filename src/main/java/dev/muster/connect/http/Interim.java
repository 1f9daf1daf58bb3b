package dev.muster.connect.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;

/**
 * The counter of interim responses (1xx) before the final response of an exchange. RFC 9110, 15.2 requires a client to accept
 * any number of them. This one accepts 32, whose headers together are at most {@link HttpClients#HEADER_BYTES}. Runs on the
 * loop of its connection.
 */
final class Interim {

    /** Maximum number of interim responses. */
    private static final int MAX_COUNT = 32;

    private static final int SWITCHING_PROTOCOLS = 101;

    private int count;
    private long headerBytes;

    /** Resets the counter for the next exchange. */
    void clear() {
        count = 0;
        headerBytes = 0;
    }

    static boolean isInterim(int status) {
        return status >= 100 && status < 200;
    }

    /**
     * Counts an interim response.
     *
     * @throws Misbehaviour if a limit is exceeded, or the response switches protocols
     */
    void pass(int status, long bytes) {
        count++;
        headerBytes += bytes;
        if (status == SWITCHING_PROTOCOLS) {
            throw new Misbehaviour("switches to another protocol (status 101), which was not requested");
        }
        if (count > MAX_COUNT) {
            throw new Misbehaviour(
                    "is preceded by more than " + MAX_COUNT + " interim ones (the last has status " + status + ")");
        }
        if (headerBytes > HttpClients.HEADER_BYTES) {
            throw new Misbehaviour("is preceded by interim ones with headers larger than " + HttpClients.HEADER_BYTES
                    + " bytes together");
        }
    }

    /**
     * The filter of interim responses of an HTTP/2 connection. Vert.x would take the ones it does not know for final responses.
     * Runs on the loop of the connection.
     */
    static final class Streams extends Http2FrameListenerDecorator {

        /** Overhead of a header in addition to its characters (RFC 9113, 6.5.2). */
        private static final int HEADER_EXTRA_BYTES = 32;

        private final Http2Connection connection;
        private final Http2Connection.PropertyKey counts;

        Streams(Http2Connection connection, Http2FrameListener then) {
            super(then);
            this.connection = connection;
            this.counts = connection.newKey();
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean endOfStream)
                throws Http2Exception {
            if (!isPassed(id, headers, endOfStream)) {
                super.onHeadersRead(context, id, headers, padding, endOfStream);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream)
                throws Http2Exception {
            if (!isPassed(id, headers, endOfStream)) {
                super.onHeadersRead(context, id, headers, dependency, weight, exclusive, padding, endOfStream);
            }
        }

        private boolean isPassed(int id, Http2Headers headers, boolean endOfStream) throws Http2Exception {
            CharSequence status = headers.status();
            if (status == null || status.length() != 3 || status.charAt(0) != '1') {
                return false;
            }
            Http2Stream stream = connection.stream(id);
            if (stream == null) {
                return true;
            }
            Interim interim = stream.getProperty(counts);
            if (interim == null) {
                interim = new Interim();
                stream.setProperty(counts, interim);
            }
            try {
                int number = Integer.parseInt(status, 0, 3, 10);
                if (endOfStream) {
                    throw new Misbehaviour("ends with an interim one (status " + number + ")");
                }
                interim.pass(number, bytes(headers));
            } catch (Misbehaviour | NumberFormatException e) {
                throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, e, "%s", e.getMessage());
            }
            return true;
        }

        private static long bytes(Http2Headers headers) {
            long bytes = 0;
            for (Map.Entry<CharSequence, CharSequence> header : headers) {
                bytes += header.getKey().length() + header.getValue().length() + HEADER_EXTRA_BYTES;
            }
            return bytes;
        }
    }
}
