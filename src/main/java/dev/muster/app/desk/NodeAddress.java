package dev.muster.app.desk;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a node is.
 *
 * @param secure whether it is asked over TLS
 * @param host a name or an address, an IPv6 one without brackets
 * @param port from 1 to 65535
 * @param path what stands before the paths of the API, without a slash at its end
 */
public record NodeAddress(boolean secure, String host, int port, String path) {

    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int MOST = 65_535;

    /** A node that listens at this host and port; where it listens everywhere, it is this machine that is asked. */
    public static NodeAddress of(String host, int port) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        String asked = switch (bare) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "0:0:0:0:0:0:0:0" -> "::1";
            default -> bare;
        };
        return new NodeAddress(false, asked, port, "");
    }

    /**
     * Reads {@code http://host:port}, also with {@code https} and a path.
     *
     * @throws IllegalArgumentException if it is none; the message says what is wrong
     */
    public static NodeAddress parse(String text) {
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
                && uri.getPort() <= MOST
                && uri.getPort() != 0;
        if (!isNode) {
            throw wrong(text, null);
        }
        int port = uri.getPort() < 0 ? (secure ? HTTPS : HTTP) : uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return new NodeAddress(secure, of(uri.getHost(), port).host(), port, path.replaceAll("/+$", ""));
    }

    /** As it would be written. */
    @Override
    public String toString() {
        String authority = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return (secure ? "https://" : "http://") + authority + ":" + port + path;
    }

    private static IllegalArgumentException wrong(String text, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException("\"" + text + "\" is no address of a node; write http://host:port", cause);
    }
}
