package dev.muster.connect.http;

import dev.muster.config.ShownAddress;
import dev.muster.text.Printable;

/**
 * The address of a source: scheme, host, port and the beginning of every path. Requests of the source's steps cannot leave it.
 * Immutable; safe on any thread.
 */
public final class BaseAddress {

    private final Address address;
    private final String prefix;
    private final ShownAddress shown;
    private final String shownAuthority;

    private BaseAddress(Address address, ShownAddress shown) {
        this.address = address;
        this.prefix = withoutSlash(address.uri());
        this.shown = shown;
        this.shownAuthority = shown.authority(address.authority());
    }

    /**
     * Parses an address such as {@code https://sellers.internal/v1}.
     *
     * @throws IllegalArgumentException if the text is no such address; the message gives the reason and does not quote the text
     */
    public static BaseAddress parse(String text) {
        return parse(text, ShownAddress.of(text));
    }

    /** Parses an address, with the form of it that messages show. */
    static BaseAddress parse(String text, ShownAddress shown) {
        Address address = Address.parse(text);
        if (address.uri().indexOf('?') >= 0) {
            throw new IllegalArgumentException("must be an address without a query");
        }
        if (UriText.hasDots(address.uri())) {
            throw new IllegalArgumentException("must be an address without . and .. in its path");
        }
        return new BaseAddress(address, shown);
    }

    /** Whether connections use TLS. */
    public boolean secure() {
        return address.secure();
    }

    /** {@code host:port}. */
    public String authority() {
        return address.authority();
    }

    /**
     * Resolves a step's path, or an absolute URL, below this address.
     *
     * @throws IllegalArgumentException if the result would be outside this address, with the reason
     */
    Address below(String text) {
        if (Address.hasScheme(text)) {
            Address whole = Address.parse(text);
            if (!covers(whole)) {
                throw leaves(whole);
            }
            return whole;
        }
        if (text.startsWith("//") || text.startsWith("/\\")) {
            throw new IllegalArgumentException("names another host; write a path such as /items");
        }
        String escaped = UriText.escaped(text);
        boolean joined = escaped.isEmpty() || escaped.startsWith("/") || escaped.startsWith("?");
        String uri = prefix + (joined ? escaped : "/" + escaped);
        Address whole = address.withUri(uri.startsWith("/") ? uri : "/" + uri);
        if (!covers(whole)) {
            throw leaves(whole);
        }
        return whole;
    }

    /** Whether an address is this one or below it, in every way in which a server can read the path. */
    boolean covers(Address other) {
        String path = other.path();
        return address.isSameOrigin(other)
                && (path.equals(prefix) || path.startsWith(prefix + "/"))
                && !UriText.hasDots(path);
    }

    private IllegalArgumentException leaves(Address where) {
        String why = UriText.hasDots(where.path())
                ? ", whose path a server can resolve to a parent (a segment . or ..)"
                : ", which is not below " + this;
        return new IllegalArgumentException("leads to " + Printable.phrase(shown(where), 200) + why);
    }

    /** A URL without its query, for messages. Only the configured part is masked; the part that a caller chose stays. */
    String shown(Address other) {
        if (!address.isSameOrigin(other)) {
            return other.toString();
        }
        String composed = other.origin();
        String path = other.path();
        boolean isBelow = path.startsWith(prefix);
        return (other.secure() ? "https://" : "http://")
                + shown.authority(composed)
                + (isBelow ? withoutSlash(shown.path(prefix)) + path.substring(prefix.length()) : path);
    }

    /** {@code host:port}, for messages. */
    public String shownAuthority() {
        return shownAuthority;
    }

    /** {@code host:port} of a request, for messages. */
    String shownAuthority(Address other) {
        return address.isSameOrigin(other) ? shownAuthority : other.authority();
    }

    /** The address as a URL, for messages. */
    @Override
    public String toString() {
        return shown(address.withUri(prefix));
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
