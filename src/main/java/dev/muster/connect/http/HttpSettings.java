package dev.muster.connect.http;

import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.ShownAddress;
import dev.muster.connect.TlsFiles;
import io.vertx.core.http.HttpClientOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a source of kind {@code http}.
 *
 * @param base the address that steps cannot leave; empty for {@code any}, where steps write absolute URLs
 * @param allow hosts outside the public internet that {@code any} may reach
 * @param pool maximum number of concurrent requests, and of HTTP/1.1 connections to one host, for the whole node
 * @param maxWaiting maximum number of tasks that wait for a permit of the pool
 * @param waitTimeout limit of such a wait
 * @param connectTimeout limit for resolving the name, connecting and the TLS handshake
 * @param maxRequest maximum size of a request's body, in bytes
 * @param maxResponse maximum size of a response's decompressed body, in bytes
 * @param protocol versions of HTTP in use
 * @param compression whether compressed responses are requested
 * @param redirects maximum number of redirects that are followed in a row
 * @param headers headers of every request unless the step sets them; can hold secrets, so never shown
 * @param trace whether requests carry the header {@code traceparent}
 * @param deadline name of the header, in lower case, that carries the step's remaining time; empty for none
 * @param proxy the proxy of all connections; empty for none
 * @param tls trust store and own certificate
 * @param keepAlive whether HTTP/1.1 connections are reused
 * @param idleTimeout time after which an unused connection is closed
 * @param health a path below the base that responds 2xx when the source is ready; empty for none
 * @param optional whether the node is ready without this source
 * @param adhoc whether ad-hoc plans may use the source
 * @param secrets the secrets in the address, the headers and the health path
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
        Tls tls,
        boolean keepAlive,
        Duration idleTimeout,
        Optional<String> health,
        boolean optional,
        boolean adhoc,
        OwnSecrets secrets) {

    /** The versions of HTTP in use. */
    public enum Protocol {
        /** Over TLS, HTTP/2 or HTTP/1.1 as the server prefers (ALPN); otherwise HTTP/1.1. */
        AUTO,
        /** HTTP/1.1 only. */
        HTTP1,
        /** HTTP/2 only: negotiated (ALPN) over TLS, otherwise with prior knowledge. */
        HTTP2
    }

    /**
     * The TLS settings of a source: {@code tls: {trust, verify, cert, key}}.
     *
     * @param files the trusted certificates, and the source's own certificate
     * @param verify whether the server's certificate and name are verified
     */
    public record Tls(TlsFiles files, boolean verify) {

        /** The JVM's trust store and no certificate of the source's own. */
        public static final Tls DEFAULT = new Tls(TlsFiles.NONE, true);

        static Tls read(Fields source) {
            return source.fields("tls").map(Tls::readWords).orElse(DEFAULT);
        }

        private static Tls readWords(Fields fields) {
            var settings = new Tls(TlsFiles.read(fields), fields.bool("verify", true));
            fields.unknownWords();
            if (fields.has("trust") && !settings.verify) {
                fields.problem(
                        "verify", fields.what() + ": with verify: false nothing is checked, so trust has no use");
            }
            return settings;
        }

        void applyTo(HttpClientOptions options) {
            files.trusted().ifPresent(options::setTrustOptions);
            if (!verify) {
                options.setTrustAll(true).setVerifyHost(false);
            }
            files.identity().ifPresent(options::setKeyCertOptions);
        }
    }

    private static final List<String> PROTOCOLS = List.of("auto", "http1", "http2");

    /** Reads the settings of a source. Mistakes are reported as problems and replaced by defaults. */
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
                Tls.read(fields),
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
                    "allow of " + fields.what() + " is for http: any; steps can only reach " + settings.base.get()
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
        Duration value = fields.duration(name, otherwise);
        if (value.isZero()) {
            fields.problem(name, name + " of " + fields.what() + " must be greater than 0");
            return otherwise;
        }
        return value;
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
     * Whether messages may quote the server's text. A server that receives a secret can repeat it next to text that a caller
     * sent. Masking the secret there is no solution: it would reveal to a caller whether a guess of the secret is right.
     */
    boolean mayQuote() {
        return secrets.isEmpty();
    }

    /**
     * The reason of a failed connection, for messages. With a base address it contains nothing that a caller sent, so the
     * source's secrets are masked in it.
     */
    String maskedConnectFailure(String why) {
        return base.isPresent() ? secrets.hide(why) : why;
    }

    /**
     * A proxy's own text on a refused connection, for messages. The proxy's secrets are masked in it. With {@code http: any}
     * the caller chose the host that the proxy was asked for, so the text is "…" if the proxy has secrets.
     */
    String maskedProxyText(String text) {
        OwnSecrets ofProxy = proxy.map(ProxySettings::secrets).orElse(OwnSecrets.NONE);
        return base.isPresent() ? ofProxy.hide(text) : ofProxy.isEmpty() ? text : "…";
    }

    /** A URL without its query, for messages. */
    String shown(Address address) {
        return base.isPresent() ? base.get().shown(address) : address.toString();
    }

    /** {@code host:port}, for messages. */
    String shownAuthority(Address address) {
        return base.isPresent() ? base.get().shownAuthority(address) : address.authority();
    }

    /** The address and the pool, without secrets. */
    @Override
    public String toString() {
        return "HttpSettings[" + base.map(BaseAddress::toString).orElse("any") + ", pool=" + pool + "]";
    }
}
