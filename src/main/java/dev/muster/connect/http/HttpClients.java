package dev.muster.connect.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.impl.HttpClientConnectionInternal;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Opens the client of a source. */
final class HttpClients {

    /** What the headers of one response may have. */
    static final int HEADER_BYTES = 64 << 10;

    private static final int STREAM_WINDOW_BYTES = 256 << 10;
    private static final int CONNECTION_WINDOW_BYTES = 4 << 20;

    private HttpClients() {}

    /** What a client says to servers before it speaks HTTP. */
    enum Tls {
        /** Nothing. */
        NONE,
        /** TLS, with the host's name (SNI) if that has a dot: so the JDK does by itself. */
        USUAL,
        /** TLS with the host's name, which has no dot. */
        OF_ONE_LABEL;

        static Tls of(Address address) {
            return !address.secure() ? NONE : address.isOfOneLabel() ? OF_ONE_LABEL : USUAL;
        }
    }

    /**
     * A client that belongs to no verticle. It is opened outside the caller's context, or it would be closed under the others
     * of its loop when the verticle of the first one goes. Its connections are of the loop that asks for them.
     */
    static HttpClientAgent open(Vertx vertx, HttpSettings settings, Tls tls, Handler<HttpConnection> whenConnected) {
        ContextInternal nobodys = ((VertxInternal) vertx).createEventLoopContext();
        var opened = new AtomicReference<HttpClientAgent>();
        nobodys.dispatch(() -> opened.set(vertx.httpClientBuilder()
                .with(options(settings, tls != Tls.NONE).setForceSni(tls == Tls.OF_ONE_LABEL))
                .with(pool(settings))
                .withConnectHandler(whenConnected)
                .build()));
        return Objects.requireNonNull(opened.get());
    }

    /**
     * Makes a request that will not be sent ready for its reset. Vert.x 5.0 never gives the place of an HTTP/2 stream
     * back that is reset before it was opened, so that the connection would run out of them; a request that asks for
     * nothing opens it.
     */
    static void openStream(HttpClientRequest unsent) {
        if (unsent.version() == HttpVersion.HTTP_2) {
            unsent.headers().clear();
            unsent.setMethod(HttpMethod.OPTIONS).setURI("*").end();
        }
    }

    /**
     * Closes a connection at once. An ordinary close comes after all that was written before, which a peer that does not
     * read never takes; this one passes by every handler, and what was not sent yet fails.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the connection is given up; whatever becomes of closing it
    static void breakOff(HttpConnection connection) {
        if (connection instanceof HttpClientConnectionInternal open) {
            open.channelHandlerContext().pipeline().firstContext().close();
        } else {
            connection.close();
        }
    }

    /** Completes, on its loop, when a connection is closed. */
    static Future<Void> closed(HttpConnection connection) {
        Promise<Void> closed = Promise.promise();
        if (connection instanceof HttpClientConnectionInternal open) {
            open.channelHandlerContext().channel().closeFuture().addListener(over -> closed.complete());
        } else {
            connection.closeHandler(over -> closed.tryComplete());
        }
        return closed.future();
    }

    /** Keeps the exchanges of a new connection apart. On its loop, before its first request. */
    static void keepApart(HttpConnection connection) {
        ChannelHandlerContext context = ((HttpClientConnectionInternal) connection).channelHandlerContext();
        if (context.handler() instanceof Http2ConnectionHandler http2) {
            Http2ConnectionDecoder decoder = http2.decoder();
            decoder.frameListener(new InterimStreams(http2.connection(), decoder.frameListener()));
        } else {
            // A write that fails, as the server reads no more, leaves what it said before to be read; the end of that
            // closes.
            context.channel().config().setAutoClose(false);
            context.pipeline().replace("codec", "codec", new ExchangeCodec(connection));
        }
    }

    /** Gives up what a request has not sent yet, if anything: its stream is reset on HTTP/2, its connection closed on HTTP/1.1. */
    @SuppressWarnings("FutureReturnValueIgnored") // the rest of the request is given up; whatever becomes of that
    static void stopSending(HttpClientRequest request, Future<Void> written) {
        if (written.isComplete()) {
            return;
        }
        if (request.connection() instanceof HttpClientConnectionInternal open
                && open.channelHandlerContext().handler() instanceof Http2ConnectionHandler http2) {
            ChannelHandlerContext context = open.channelHandlerContext();
            http2.resetStream(context, request.streamId(), Http2Error.CANCEL.code(), context.newPromise());
            context.flush();
        } else {
            breakOff(request.connection());
        }
    }

    private static PoolOptions pool(HttpSettings settings) {
        return new PoolOptions().setHttp1MaxSize(settings.pool()).setHttp2MaxSize(1);
    }

    private static HttpClientOptions options(HttpSettings settings, boolean overTls) {
        int connectMillis = (int) Math.min(settings.connectTimeout().toMillis(), Integer.MAX_VALUE);
        var options = new HttpClientOptions()
                .setConnectTimeout(connectMillis)
                .setSslHandshakeTimeout(connectMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeepAlive(settings.keepAlive())
                .setKeepAliveTimeout(seconds(settings.idleTimeout()))
                .setHttp2KeepAliveTimeout(seconds(settings.idleTimeout()))
                .setMaxHeaderSize(HEADER_BYTES)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                .setInitialSettings(new Http2Settings()
                        .setInitialWindowSize(STREAM_WINDOW_BYTES)
                        .setMaxHeaderListSize(HEADER_BYTES)
                        .setPushEnabled(false));
        settings.proxy().ifPresent(proxy -> options.setProxyOptions(proxy.options(settings.connectTimeout())));
        settings.tls().applyTo(options);
        return versions(options, settings.protocol(), overTls);
    }

    private static HttpClientOptions versions(
            HttpClientOptions options, HttpSettings.Protocol protocol, boolean overTls) {
        boolean agreed = protocol == HttpSettings.Protocol.AUTO && overTls;
        if (protocol == HttpSettings.Protocol.HTTP2 || agreed) {
            options.setProtocolVersion(HttpVersion.HTTP_2).setUseAlpn(overTls);
            return options.setAlpnVersions(
                    agreed ? List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1) : List.of(HttpVersion.HTTP_2));
        }
        return options.setProtocolVersion(HttpVersion.HTTP_1_1);
    }

    private static int seconds(Duration time) {
        return (int) Math.min(Math.max(1, (time.toMillis() + 999) / 1_000), Integer.MAX_VALUE);
    }
}
