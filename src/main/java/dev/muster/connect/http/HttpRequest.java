package dev.muster.connect.http;

import dev.muster.connect.DeadlineHeader;
import dev.muster.connect.TraceContext;
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
 * One request, ready to be sent. Never changed once built, so that many runs may share it.
 *
 * @param body empty for none
 * @param options the same for the client
 * @param traced whether the header {@code traceparent} is added when it is sent
 * @param timed whether the header of the deadline is added when it is sent
 * @param settings of its source
 * @param redirected whether its address is of a server's choice
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
            // The client writes the host as it is given, and connects to what is resolved: no brackets, but a dot at
            // the end.
            options.setServer(SocketAddress.inetSocketAddress(address.port(), address.host()));
        }
        return new HttpRequest(method, address, headers, body, options, traced, timed, settings, false);
    }

    /** The same, but to one address and no other; the host is still who is asked for, in TLS too. */
    HttpRequest reaching(InetAddress only, Duration connectTimeout) {
        RequestOptions pinned = options(method, address, headers, connectTimeout);
        pinned.setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(only, address.port())));
        return new HttpRequest(method, address, headers, body, pinned, traced, timed, settings, redirected);
    }

    /** The same, with an address that a server has named. */
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

    /** Whether it says how long its body is, be it empty: some servers refuse a post that does not. */
    boolean saysLength() {
        return body.length > 0 || method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
    }

    /** Adds the headers of a trace to what is about to be sent, if it is to have one. */
    void trace(HttpClientRequest sending, @Nullable TraceContext trace) {
        if (traced && trace != null) {
            sending.putHeader(TraceContext.HEADER, trace.next());
            String state = trace.state();
            if (state != null && !sending.headers().contains(TraceContext.STATE_HEADER)) {
                sending.putHeader(TraceContext.STATE_HEADER, state);
            }
        }
    }

    /** Adds how much of its step's time is left to what is about to be sent, if it is to say so. */
    void deadline(HttpClientRequest sending, Optional<Duration> left) {
        if (timed && left.isPresent()) {
            String header = settings.deadline().orElseThrow();
            sending.putHeader(header, DeadlineHeader.formOf(header).write(left.get()));
        }
    }

    boolean isHead() {
        return method == HttpMethod.HEAD;
    }

    /** Whether it may be seen twice: it reads. */
    boolean isSafe() {
        return method == HttpMethod.GET || isHead();
    }

    /** {@code host:port}, for messages. */
    String authority() {
        return settings.base().isPresent() ? settings.shownAuthority(address) : shown(settings.shownAuthority(address));
    }

    /** The beginning of what a server said, for messages; nothing of it where it may repeat a secret of the source. */
    String quoted(String said, int characters) {
        return settings.mayQuote() ? Sanitized.text(said, characters) : "…";
    }

    /** The host without a port, for messages. */
    String host() {
        return shown(Sanitized.text(address.host(), 100));
    }

    /** Something of the address, unless the server chose it and may not be quoted. */
    private String shown(String part) {
        return redirected && !settings.mayQuote() ? "…" : part;
    }

    /** {@code GET https://host/path}, for messages; of a redirect's address nothing where the server is not quoted. */
    @Override
    public String toString() {
        return method + " " + shown(Sanitized.text(settings.shown(address), 300));
    }
}
