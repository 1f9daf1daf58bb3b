package dev.muster.cli.queue;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address of a node.
 *
 * @param secure whether to use TLS
 * @param host a host name or IP address; an IPv6 address has no brackets
 * @param port the port, from 1 to 65535
 * @param path the prefix of the API's paths, without a slash at the end
 */
record NodeAddress(boolean secure, String host, int port, String path) {

    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int MAX_PORT = 65_535;

    /** The address of a node that listens at this host and port. If it listens at all addresses, the loopback address is used. */
    static NodeAddress of(String host, int port) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        String reachable = switch (bare) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "0:0:0:0:0:0:0:0" -> "::1";
            default -> bare;
        };
        return new NodeAddress(false, reachable, port, "");
    }

    /**
     * Parses {@code http://host:port}, also with {@code https} and a path.
     *
     * @throws IllegalArgumentException if the text is not such an address; the message explains why
     */
    static NodeAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw wrong(text, e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        boolean isNode = (secure || scheme.equals("http"))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && uri.getPort() <= MAX_PORT
                && uri.getPort() != 0;
        if (!isNode) {
            throw wrong(text, null);
        }
        int port = uri.getPort() < 0 ? (secure ? HTTPS : HTTP) : uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return new NodeAddress(secure, of(uri.getHost(), port).host(), port, path.replaceAll("/+$", ""));
    }

    /** The address as a URL. */
    @Override
    public String toString() {
        String authority = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return (secure ? "https://" : "http://") + authority + ":" + port + path;
    }

    private static IllegalArgumentException wrong(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "\"" + text + "\" is not the address of a node; write http://host:port", cause);
    }
}
