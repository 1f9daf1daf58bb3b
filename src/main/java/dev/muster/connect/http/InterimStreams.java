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
 * The filter of interim responses of an HTTP/2 connection. Vert.x would take the ones it does not know for final responses.
 * Runs on the loop of the connection.
 */
final class InterimStreams extends Http2FrameListenerDecorator {

    /** Overhead of a header in addition to its characters (RFC 9113, 6.5.2). */
    private static final int HEADER_EXTRA_BYTES = 32;

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey counts;

    InterimStreams(Http2Connection connection, Http2FrameListener then) {
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
