package dev.muster.connect.http;

import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.ShownAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a source of kind {@code http}.
 *
 * @param base the address that steps cannot leave, or nothing for {@code any}: steps then write whole URLs
 * @param allow what may be reached of {@code any} though it is not public
 * @param pool requests at once, and HTTP/1.1 connections to one host, of the whole node
 * @param maxWaiting tasks that may wait for a place in the pool
 * @param waitTimeout how long each may wait
 * @param connectTimeout time to resolve, connect and agree on TLS
 * @param maxRequest bytes of a request's body
 * @param maxResponse bytes of an answer's body, decompressed
 * @param protocol which versions are spoken
 * @param compression whether compressed answers are asked for
 * @param redirects how many redirects in a row are followed
 * @param headers sent with every request unless the step has its own; may hold secrets, so never shown
 * @param trace whether requests carry the header {@code traceparent}
 * @param deadline the header, in lower case, by which requests say how much of their step's time is left, or nothing
 * @param proxy through which connections go, or nothing
 * @param tls how to trust and to be trusted
 * @param keepAlive whether HTTP/1.1 connections are used again
 * @param idleTimeout how long an unused connection is kept
 * @param health a path below the base that answers 2xx when the source is ready, or nothing
 * @param optional whether the node is ready without this source
 * @param adhoc whether ad-hoc plans may use it
 * @param secrets what of the address, the headers and the health path is secret
 */
public record HttpSettings(
        Optional<BaseAddress> base,
        AllowedHosts allow,
        int pool,
        int maxWaiting,
        Duration waitTimeout,
        Duration connectTimeout,
        int maxRequest,
        int maxResponse,
        Protocol protocol,
        boolean compression,
        int redirects,
        Map<String, String> headers,
        boolean trace,
        Optional<String> deadline,
        Optional<ProxySettings> proxy,
        TlsSettings tls,
        boolean keepAlive,
        Duration idleTimeout,
        Optional<String> health,
        boolean optional,
        boolean adhoc,
        OwnSecrets secrets) {

    /** Which versions of HTTP are spoken. */
    public enum Protocol {
        /** HTTP/2 or HTTP/1.1 as the server prefers (ALPN) over TLS; else HTTP/1.1. */
        AUTO,
        /** HTTP/1.1 only. */
        HTTP1,
        /** HTTP/2 only: agreed on (ALPN) over TLS; else by prior knowledge. */
        HTTP2
    }

    private static final List<String> PROTOCOLS = List.of("auto", "http1", "http2");

    /** Reads the words of a source; whatever is wrong with them is noted, and stand-ins are taken. */
    public static HttpSettings read(Fields fields) {
        var settings = new HttpSettings(
                base(fields),
                AllowedHosts.read(fields),
                fields.integer("pool", 1, 100_000, 16),
                fields.integer("maxWaiting", 0, 10_000_000, 1_000),
                fields.duration("waitTimeout", Duration.ofSeconds(5)),
                positive(fields, "connectTimeout", Duration.ofSeconds(5)),
                bodyBytes(fields, "maxRequest"),
                bodyBytes(fields, "maxResponse"),
                protocol(fields.oneOf("protocol", PROTOCOLS, "auto")),
                fields.bool("compression", true),
                fields.integer("redirects", 0, 100, 5),
                Headers.read(fields),
                fields.bool("trace", true),
                Headers.deadline(fields),
                ProxySettings.read(fields),
                TlsSettings.read(fields),
                fields.bool("keepAlive", true),
                positive(fields, "idleTimeout", Duration.ofSeconds(60)),
                health(fields),
                fields.bool("optional", false),
                fields.bool("adhoc", false),
                fields.secrets("http", "headers", "health"));
        fields.unknownWords();
        if (settings.base.isPresent() && fields.has("allow")) {
            fields.problem(
                    "allow",
                    "allow of " + fields.what() + " is for http: any; steps cannot leave " + settings.base.get()
                            + " anyway");
        }
        return settings;
    }

    private static Optional<BaseAddress> base(Fields fields) {
        String text = fields.requireString("http");
        if (text.isEmpty() || text.equals("any")) {
            return Optional.empty();
        }
        try {
            return Optional.of(BaseAddress.parse(text, ShownAddress.of(fields, "http")));
        } catch (IllegalArgumentException e) {
            fields.problem("http", "http of " + fields.what() + " " + e.getMessage());
            return Optional.empty();
        }
    }

    private static int bodyBytes(Fields fields, String name) {
        long bytes = fields.size(name, 16L << 20);
        long most = 1L << 30;
        if (bytes < 1 || bytes > most) {
            fields.problem(name, name + " of " + fields.what() + " must be from 1B to 1GiB");
        }
        return (int) Math.max(1, Math.min(bytes, most));
    }

    private static Duration positive(Fields fields, String name, Duration otherwise) {
        Duration given = fields.duration(name, otherwise);
        if (given.isZero()) {
            fields.problem(name, name + " of " + fields.what() + " must be more than no time");
            return otherwise;
        }
        return given;
    }

    private static Optional<String> health(Fields fields) {
        Optional<String> path = fields.string("health");
        if (path.isPresent() && !path.get().startsWith("/")) {
            fields.problem("health", "health of " + fields.what() + " must be a path such as /health");
            return Optional.empty();
        }
        return path;
    }

    private static Protocol protocol(String word) {
        return switch (word) {
            case "http1" -> Protocol.HTTP1;
            case "http2" -> Protocol.HTTP2;
            default -> Protocol.AUTO;
        };
    }

    /**
     * Whether messages may quote what the server says. One that is sent a secret may repeat it, beside anything that a caller
     * had it sent; to search its words for the secret would tell a caller which guess is right.
     */
    boolean mayQuote() {
        return secrets.isEmpty();
    }

    /** Why there is no connection: nothing that a caller sent is in it, unless it has named the host. */
    String connectingSays(String why) {
        return base.isPresent() ? secrets.hide(why) : why;
    }

    /** What a proxy says when it gives no connection. Before that it hears of a caller at most which host of {@code any} is meant. */
    String proxySays(String said) {
        OwnSecrets ofProxy = proxy.map(ProxySettings::secrets).orElse(OwnSecrets.NONE);
        return base.isPresent() ? ofProxy.hide(said) : ofProxy.isEmpty() ? said : "…";
    }

    /** A URL without its query, as messages may show it. */
    String shown(Address address) {
        return base.isPresent() ? base.get().shown(address) : address.toString();
    }

    /** {@code host:port}, as messages may show it. */
    String shownAuthority(Address address) {
        return base.isPresent() ? base.get().shownAuthority(address) : address.authority();
    }

    /** Without the headers and the proxy's password. */
    @Override
    public String toString() {
        return "HttpSettings[" + base.map(BaseAddress::toString).orElse("any") + ", pool=" + pool + "]";
    }
}
