package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.loop.Nanos;
import dev.muster.text.Printable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log of one server. Runs on the loop of its server.
 *
 * <p>Each request gets one line, when its response has ended or its caller has left. A line has the path, but neither query nor
 * headers, which can contain secrets. Health probes get no line, because they come every few seconds.
 */
final class AccessLog {

    /** The status logged for a request that became a WebSocket. */
    private static final int UPGRADED = 101;

    /** The status logged for a request whose caller left before the end of the response. */
    private static final int LEFT = 499;

    private static final Set<String> PROBES = Set.of("/health/live", "/health/ready", "/health/started");
    private static final int MAX_SHOWN = 2_048;
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.web.access");

    private final Loop loop;
    private final IdentityHashMap<HttpServerResponse, Entry> open = new IdentityHashMap<>();

    AccessLog(Loop loop) {
        this.loop = loop;
    }

    /** A request whose line has not been written yet. */
    private static final class Entry {
        private final String remote;
        private final long beganNanos;
        private @Nullable RequestContext context;
        private Runnable unwatch = () -> {};

        Entry(String remote, long beganNanos) {
            this.remote = remote;
            this.beganNanos = beganNanos;
        }
    }

    void began(HttpServerRequest request) {
        if (LOG.isInfoEnabled() && !isProbe(request)) {
            String host = request.remoteAddress().hostAddress();
            String remote = host == null ? request.remoteAddress().toString() : host;
            var entry = new Entry(remote, loop.nanos());
            open.put(request.response(), entry);
            if (request.canUpgradeToWebSocket() && request.connection() instanceof HttpServerConnection connection) {
                entry.unwatch = onClose(connection.channelHandlerContext().channel(), () -> ended(request));
            }
        }
    }

    private static boolean isProbe(HttpServerRequest request) {
        return PROBES.contains(request.path() == null ? "" : request.path())
                && (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD);
    }

    /**
     * Runs the listener when the connection closes. Vert.x reports no end of a request that becomes a WebSocket; its line is
     * written then.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the future belongs to the channel
    private static Runnable onClose(Channel channel, Runnable listener) {
        ChannelFutureListener closed = future -> listener.run();
        channel.closeFuture().addListener(closed);
        return () -> channel.closeFuture().removeListener(closed);
    }

    /** Adds the handler of the request, which knows its caller and its run. */
    void handledBy(RequestContext context) {
        Entry entry = open.get(context.response());
        if (entry != null) {
            entry.context = context;
        }
    }

    /** Writes the line of a request whose response has ended or whose caller has left. */
    void ended(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        Entry entry = open.remove(response);
        if (entry == null) {
            return;
        }
        entry.unwatch.run();
        RequestContext context = entry.context;
        String caller = context == null ? "-" : context.caller().name();
        String method = shown(request.method().name());
        String path = shown(request.path());
        String protocol = protocol(request.version());
        int status = status(request, context);
        long bytes = response.bytesWritten();
        double ms = Nanos.toMillis(loop.nanos() - entry.beganNanos);
        LOG.atInfo()
                .addKeyValue("run", context == null ? null : context.runId())
                .addKeyValue("caller", caller)
                .addKeyValue("remote", entry.remote)
                .addKeyValue("method", method)
                .addKeyValue("path", path)
                .addKeyValue("protocol", protocol)
                .addKeyValue("status", status)
                .addKeyValue("bytes", bytes)
                .addKeyValue("ms", ms)
                .log("{} {} {} {} {} {} {} B {} ms", entry.remote, caller, method, path, protocol, status, bytes, ms);
    }

    private static int status(HttpServerRequest request, @Nullable RequestContext context) {
        HttpServerResponse response = request.response();
        if (context == null && request.canUpgradeToWebSocket() && !response.ended()) {
            return UPGRADED;
        }
        return response.ended() || (context != null && context.isBroken()) ? response.getStatusCode() : LEFT;
    }

    private static String shown(@Nullable String text) {
        if (text == null) {
            return "-";
        }
        return Printable.beginning(text, MAX_SHOWN);
    }

    private static String protocol(@Nullable HttpVersion version) {
        if (version == null) {
            return "-";
        }
        return switch (version) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2";
        };
    }
}
