package dev.muster.connect.http;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The target of one request.
 *
 * @param secure whether the connection uses TLS
 * @param host the host in lower case; an IPv6 address without brackets
 * @param port the port, also if it is the default port
 * @param uri path and query, escaped
 */
record Address(boolean secure, String host, int port, String uri) {

    private static final Pattern WHOLE = Pattern.compile("(?i)(https?)://([^/?#]*)(.*)", Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

    /** Scheme with its colon, authority with its slashes, path, query with its question mark (RFC 3986, appendix B). */
    private static final Pattern REFERENCE =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)(\\?[^#]*)?(?:#.*)?", Pattern.DOTALL);

    /** No underscore, which SNI does not allow, and not digits alone, which are an IP address. */
    private static final Pattern ONE_LABEL = Pattern.compile("(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /** Whether a text begins like an absolute URL, with any scheme. */
    static boolean hasScheme(String text) {
        int end = text.indexOf("://");
        return end > 0
                && text.substring(0, end).chars().allMatch(c -> Character.isLetterOrDigit(c) || "+-.".indexOf(c) >= 0);
    }

    /**
     * Parses an absolute URL, {@code http} or {@code https}.
     *
     * @throws IllegalArgumentException if the text is no such URL, with the reason
     */
    static Address parse(String url) {
        Matcher matcher = WHOLE.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a whole URL such as https://host/path");
        }
        if (matcher.group(2).indexOf('@') >= 0) {
            throw new IllegalArgumentException(
                    "holds a user or password; write them as the header authorization instead");
        }
        Matcher authority = AUTHORITY.matcher(matcher.group(2));
        if (!authority.matches()) {
            throw new IllegalArgumentException("has no valid host");
        }
        boolean secure = matcher.group(1).equalsIgnoreCase("https");
        int port = authority.group(2) == null ? (secure ? 443 : 80) : Integer.parseInt(authority.group(2));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("has a port that does not exist");
        }
        String host = authority.group(1).toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
        String rest = UriText.escaped(matcher.group(3));
        return new Address(secure, host, port, rest.startsWith("/") ? rest : "/" + rest);
    }

    /** The path without the query. */
    String path() {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    Address withUri(String other) {
        return new Address(secure, host, port, other);
    }

    boolean isSameOrigin(Address other) {
        return secure == other.secure && port == other.port && host.equals(other.host);
    }

    /**
     * Resolves the {@code Location} of a response from this address (RFC 3986, 5.2.2). Its bytes are kept as they are. A
     * fragment is dropped, because it is meant for the reader of the response.
     *
     * @param location the header's value, one character for each byte
     * @return empty if the value is malformed or is neither http nor https
     */
    Optional<Address> resolve(String location) {
        Matcher parts = REFERENCE.matcher(location);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            String query = parts.group(4) == null ? "" : UriText.escapedBytes(parts.group(4));
            String path = UriText.escapedBytes(parts.group(3));
            if (parts.group(1) != null || parts.group(2) != null) {
                String scheme = parts.group(1) == null ? (secure ? "https:" : "http:") : parts.group(1);
                String authority = parts.group(2) == null ? "" : parts.group(2);
                return Optional.of(parse(scheme + authority).withUri(absolute(path) + query));
            }
            if (path.isEmpty()) {
                return Optional.of(query.isEmpty() ? this : withUri(path() + query));
            }
            String folder = path().substring(0, path().lastIndexOf('/') + 1);
            return Optional.of(withUri(absolute(path.startsWith("/") ? path : folder + path) + query));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String absolute(String path) {
        return path.isEmpty() ? "/" : UriText.withoutDots(path);
    }

    boolean isIpVersion6() {
        return host.indexOf(':') >= 0;
    }

    /** The host in the spelling of a URL: an IPv6 address in brackets. */
    String bracketed() {
        return isIpVersion6() ? "[" + host + "]" : host;
    }

    /** The host in TLS, for certificates and SNI (RFC 6066, 3): without a dot at its end. */
    String tlsName() {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : bracketed();
    }

    /** Whether the host is a name of one label, such as {@code catalog}. The JDK sends no SNI for such a name by default. */
    boolean isOfOneLabel() {
        return ONE_LABEL.matcher(tlsName()).matches();
    }

    /** {@code host:port}. */
    String authority() {
        return bracketed() + ":" + port;
    }

    /** The host, with the port if it is not the default port. */
    String origin() {
        return port == (secure ? 443 : 80) ? bracketed() : authority();
    }

    /** The URL without its query, which can hold secrets. */
    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + origin() + path();
    }
}
