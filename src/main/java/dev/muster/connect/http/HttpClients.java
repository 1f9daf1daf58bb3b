package dev.muster.connect.http;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** The factory of a source's clients, and operations on their connections. */
final class HttpClients {

    /** Limit of the headers of one response. */
    static final int HEADER_BYTES = 64 << 10;

    /**
     * Limit of the wait for the confirmation of a reset. HTTP/1.1 closes after earlier writes, so a peer that has stopped
     * reading could delay it for ever. After this time the connection is closed by force.
     */
    static final Duration RESET_PATIENCE = Duration.ofSeconds(2);

    private static final long CANCEL_CODE = Http2Error.CANCEL.code();
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
    private static Future<Void> closed(HttpConnection connection) {
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
            decoder.frameListener(new Interim.Streams(http2.connection(), decoder.frameListener()));
        } else {
            // A write that fails because the server has stopped reading must not discard a response that has arrived.
            // The end of the input closes the connection.
            context.channel().config().setAutoClose(false);
            context.pipeline().replace("codec", "codec", new ExchangeCodec(connection));
        }
    }

    /**
     * Resets a request: resets the stream over HTTP/2, closes the connection over HTTP/1.1. Runs on the loop.
     *
     * @param isSent whether any part of the request was sent; otherwise an HTTP/1.1 connection stays open for others
     * @return true when the reset is confirmed: it was sent over HTTP/2, or the connection is closed over HTTP/1.1; false when
     *     that took too long and the connection was closed by force; never fails
     */
    static Future<Boolean> reset(HttpClientRequest request, boolean isSent, Loop loop) {
        Promise<Boolean> over = Promise.promise();
        var isLate = new AtomicBoolean();
        Timer patience = loop.schedule(RESET_PATIENCE, () -> {
            // A connection that is closed by force also reports its close.
            isLate.set(true);
            breakOff(request.connection());
            over.tryComplete(false);
        });
        // Vert.x reports an HTTP/1.1 reset when its close has begun, and the close comes after pending writes.
        boolean closes = isSent && request.version() != HttpVersion.HTTP_2;
        request.reset(CANCEL_CODE)
                .eventually(() -> closes ? closed(request.connection()) : Future.succeededFuture())
                .onComplete(done -> {
                    patience.cancel();
                    over.tryComplete(!isLate.get());
                });
        return over.future();
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
            http2.resetStream(context, request.streamId(), CANCEL_CODE, context.newPromise());
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
