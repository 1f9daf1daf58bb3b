package dev.muster.connect.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;

/**
 * One request, ready to be sent. Never changed once built, so that many runs may share it.
 *
 * @param body empty for none
 * @param options the same for the client
 */
record HttpRequest(HttpMethod method, Address address, MultiMap headers, byte[] body, RequestOptions options) {

    static final byte[] NO_BODY = {};

    static HttpRequest of(HttpMethod method, Address address, MultiMap headers, byte[] body, HttpSettings settings) {
        var options = new RequestOptions()
                .setMethod(method)
                .setSsl(address.secure())
                .setHost(address.bracketed())
                .setPort(address.port())
                .setURI(address.uri())
                .setHeaders(headers)
                .setConnectTimeout(settings.connectTimeout().toMillis());
        if (address.isIpVersion6()) {
            // The client writes the host as it is given, and connects to it without the brackets only.
            options.setServer(SocketAddress.inetSocketAddress(address.port(), address.host()));
        }
        return new HttpRequest(method, address, headers, body, options);
    }

    /** Whether it says how long its body is, be it empty: some servers refuse a post that does not. */
    boolean saysLength() {
        return body.length > 0 || method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
    }

    boolean isHead() {
        return method == HttpMethod.HEAD;
    }

    /** Whether it may be seen twice: it reads. */
    boolean isSafe() {
        return method == HttpMethod.GET || isHead();
    }

    /** {@code GET https://host/path}, for messages. */
    @Override
    public String toString() {
        return method + " " + Sanitized.text(address.toString(), 300);
    }
}
