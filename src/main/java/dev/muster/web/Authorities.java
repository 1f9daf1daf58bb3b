package dev.muster.web;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks the target host of each request on one HTTP/2 connection, before Vert.x does: Vert.x resets streams that name two hosts,
 * or takes the first, and responds to neither. Runs on the connection's event loop.
 */
final class Authorities extends Http2FrameListenerDecorator {

    /** Replaces an invalid authority, so that Vert.x delivers the request and it gets a response. */
    private static final String NONE = "invalid";

    private static final String GONE = "the request was cancelled before it was handled";

    private final Http2Connection connection;

    /** The key of the problem of a stream. A stream property is released with its stream, whether it has been read or not. */
    private final Http2Connection.PropertyKey wrong;

    Authorities(Http2Connection connection, Http2FrameListener next) {
        super(next);
        this.connection = connection;
        this.wrong = connection.newKey();
    }

    /** Installs the check on a connection; null if it is not HTTP/2. */
    static @Nullable Authorities of(ChannelHandlerContext connection) {
        Http2ConnectionHandler http2 = connection.pipeline().get(Http2ConnectionHandler.class);
        if (http2 == null) {
            return null;
        }
        var authorities = new Authorities(http2.connection(), http2.decoder().frameListener());
        http2.decoder().frameListener(authorities);
        return authorities;
    }

    /**
     * The problem with the target host of the request on a stream; null if there is nparsed. A stream that is closed already is a
     * problem.
     */
    @Nullable
    String wrong(int id) {
        Http2Stream stream = connection.stream(id);
        return stream == null ? GONE : stream.getProperty(wrong);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean endOfStream)
            throws Http2Exception {
        check(stream, headers);
        super.onHeadersRead(context, stream, headers, padding, endOfStream);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        check(stream, headers);
        super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, endOfStream);
    }

    private void check(int id, Http2Headers headers) {
        // Trailers have no method.
        if (headers.method() == null) {
            return;
        }
        List<CharSequence> hosts = headers.getAll(HttpHeaderNames.HOST);
        CharSequence authority = headers.authority();
        String problem = problem(authority, hosts);
        if (problem != null) {
            Http2Stream stream = connection.stream(id);
            if (stream != null) {
                stream.setProperty(wrong, problem);
            }
            headers.remove(HttpHeaderNames.HOST);
            headers.authority(NONE);
        } else if (authority != null && !hosts.isEmpty()) {
            // Both name the same host in different spellings, which Vert.x would treat as two hosts.
            headers.remove(HttpHeaderNames.HOST);
        }
    }

    private static @Nullable String problem(@Nullable CharSequence authority, List<CharSequence> hosts) {
        if (hosts.size() > 1) {
            return "the request has several hosts";
        }
        CharSequence named = authority != null ? authority : hosts.isEmpty() ? null : hosts.get(0);
        if (named == null) {
            return "the request has no host, which HTTP/2 requires";
        }
        Optional<Authority> parsed = Authority.of(named.toString());
        if (parsed.isEmpty()) {
            return "the host of the request is not valid";
        }
        boolean isOther = authority != null
                && !hosts.isEmpty()
                && Authority.of(hosts.get(0).toString())
                        .filter(host -> host.isSame(parsed.get(), -1))
                        .isEmpty();
        return isOther ? "the header Host of the request differs from its :authority" : null;
    }
}
