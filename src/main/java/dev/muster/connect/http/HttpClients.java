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

/** The factory of a source's clients, and operations on their connections. */
final class HttpClients {

    /** Limit of the headers of one response. */
    static final int HEADER_BYTES = 64 << 10;

    private static final int STREAM_WINDOW_BYTES = 256 << 10;
    private static final int CONNECTION_WINDOW_BYTES = 4 << 20;

    private HttpClients() {}

    /** The kind of TLS handshake of a client. */
    enum Tls {
        /** No TLS. */
        NONE,
        /** TLS with the host's name (SNI) if the name has a dot, which is the JDK's default. */
        USUAL,
        /** TLS with the host's name although the name has no dot. */
        OF_ONE_LABEL;

        static Tls of(Address address) {
            return !address.secure() ? NONE : address.isOfOneLabel() ? OF_ONE_LABEL : USUAL;
        }
    }

    /**
     * Opens a client that belongs to no verticle. It is opened outside the caller's context. Otherwise Vert.x would close it
     * when the verticle that happened to open it is undeployed, while others on the loop still use it. Each connection belongs
     * to the loop that requests it.
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
     * Prepares a request that will not be sent for its reset. If an HTTP/2 stream is reset before it was opened, Vert.x 5.0
     * never releases its slot, and the connection runs out of streams. A request of {@code OPTIONS *}, which has no effect,
     * opens the stream.
     */
    static void openStream(HttpClientRequest unsent) {
        if (unsent.version() == HttpVersion.HTTP_2) {
            unsent.headers().clear();
            unsent.setMethod(HttpMethod.OPTIONS).setURI("*").end();
        }
    }

    /**
     * Closes a connection at once and fails its unsent data. An ordinary close waits for earlier writes, which a peer that has
     * stopped reading never accepts; this close bypasses all handlers.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the connection is given up; the result of closing does not matter
    static void breakOff(HttpConnection connection) {
        if (connection instanceof HttpClientConnectionInternal open) {
            open.channelHandlerContext().pipeline().firstContext().close();
        } else {
            connection.close();
        }
    }

    /** Completes when a connection is closed. Runs on the connection's loop. */
    static Future<Void> closed(HttpConnection connection) {
        Promise<Void> closed = Promise.promise();
        if (connection instanceof HttpClientConnectionInternal open) {
            open.channelHandlerContext().channel().closeFuture().addListener(over -> closed.complete());
        } else {
            connection.closeHandler(over -> closed.tryComplete());
        }
        return closed.future();
    }

    /**
     * Prepares a new connection so that no response is mistaken for another one: interim responses are skipped, and
     * {@link ExchangeCodec} separates the exchanges of HTTP/1.1. Runs on the connection's loop, before its first request.
     */
    static void keepApart(HttpConnection connection) {
        ChannelHandlerContext context = ((HttpClientConnectionInternal) connection).channelHandlerContext();
        if (context.handler() instanceof Http2ConnectionHandler http2) {
            Http2ConnectionDecoder decoder = http2.decoder();
            decoder.frameListener(new InterimStreams(http2.connection(), decoder.frameListener()));
        } else {
            // A write that fails because the server has stopped reading must not discard a response that has arrived.
            // The end
            // of the input closes the connection.
            context.channel().config().setAutoClose(false);
            context.pipeline().replace("codec", "codec", new ExchangeCodec(connection));
        }
    }

    /** Abandons the unsent part of a request, if any: resets the stream over HTTP/2, closes the connection over HTTP/1.1. */
    @SuppressWarnings("FutureReturnValueIgnored") // the rest of the request is abandoned; the result does not matter
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
