package dev.muster.connect.http;

import dev.muster.connect.DeadlineHeader;
import dev.muster.connect.TraceContext;
import dev.muster.text.Printable;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request, ready to be sent. Never modified once built, so that concurrent runs can share it.
 *
 * @param body empty for none
 * @param options the request in the form of the client
 * @param traced whether the header {@code traceparent} is added when the request is sent
 * @param timed whether the deadline header is added when the request is sent
 * @param settings settings of the source
 * @param redirected whether a server chose the address
 */
record HttpRequest(
        HttpMethod method,
        Address address,
        MultiMap headers,
        byte[] body,
        RequestOptions options,
        boolean traced,
        boolean timed,
        HttpSettings settings,
        boolean redirected) {

    static final byte[] NO_BODY = {};

    static HttpRequest of(
            HttpMethod method,
            Address address,
            MultiMap headers,
            byte[] body,
            HttpSettings settings,
            boolean traced,
            boolean timed) {
        RequestOptions options = options(method, address, headers, settings.connectTimeout());
        if (!options.getHost().equals(address.host())) {
            // The client writes the host as given and connects to the resolved one: an IPv6 address without brackets, a
            // name with the dot at its end.
            options.setServer(SocketAddress.inetSocketAddress(address.port(), address.host()));
        }
        return new HttpRequest(method, address, headers, body, options, traced, timed, settings, false);
    }

    /** A copy that connects to the given address only. The host stays the same in the request and in TLS. */
    HttpRequest reaching(InetAddress only, Duration connectTimeout) {
        RequestOptions pinned = options(method, address, headers, connectTimeout);
        pinned.setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(only, address.port())));
        return new HttpRequest(method, address, headers, body, pinned, traced, timed, settings, redirected);
    }

    /** A copy that is marked as redirected: a server chose its address. */
    HttpRequest asRedirected() {
        return new HttpRequest(method, address, headers, body, options, traced, timed, settings, true);
    }

    private static RequestOptions options(
            HttpMethod method, Address address, MultiMap headers, Duration connectTimeout) {
        return new RequestOptions()
                .setMethod(method)
                .setSsl(address.secure())
                .setHost(address.secure() ? address.tlsName() : address.bracketed())
                .setPort(address.port())
                .setURI(address.uri())
                .setHeaders(headers)
                .setConnectTimeout(Math.max(1, connectTimeout.toMillis()));
    }

    /** Whether the request has a {@code Content-Length}, even of 0. Some servers reject a POST without one. */
    boolean hasContentLength() {
        return body.length > 0 || method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
    }

    /** Adds the trace headers to a request that is about to be sent, if the request is traced. */
    void trace(HttpClientRequest sending, @Nullable TraceContext trace) {
        if (traced && trace != null) {
            sending.putHeader(TraceContext.HEADER, trace.next());
            String state = trace.state();
            if (state != null && !sending.headers().contains(TraceContext.STATE_HEADER)) {
                sending.putHeader(TraceContext.STATE_HEADER, state);
            }
        }
    }

    /** Adds the remaining time of the step to a request that is about to be sent, if the request is timed. */
    void deadline(HttpClientRequest sending, Optional<Duration> left) {
        if (timed && left.isPresent()) {
            String header = settings.deadline().orElseThrow();
            sending.putHeader(header, DeadlineHeader.formOf(header).write(left.get()));
        }
    }

    boolean isHead() {
        return method == HttpMethod.HEAD;
    }

    /** Whether the request only reads, so that repeating it is harmless. */
    boolean isSafe() {
        return method == HttpMethod.GET || isHead();
    }

    /** {@code host:port}, for messages. */
    String authority() {
        return settings.base().isPresent() ? settings.shownAuthority(address) : shown(settings.shownAuthority(address));
    }

    /** The beginning of a server's text, for messages; "…" if the text could repeat a secret of the source. */
    String quoted(String text, int characters) {
        return settings.mayQuote() ? Printable.phrase(text, characters) : "…";
    }

    /** The host without a port, for messages. */
    String host() {
        return shown(Printable.phrase(address.host(), 100));
    }

    /** A part of the address; "…" if a server chose the address and must not be quoted. */
    private String shown(String part) {
        return redirected && !settings.mayQuote() ? "…" : part;
    }

    /** {@code GET https://host/path}, for messages. The address of a redirect is hidden if the server must not be quoted. */
    @Override
    public String toString() {
        return method + " " + shown(Printable.phrase(settings.shown(address), 300));
    }
}
