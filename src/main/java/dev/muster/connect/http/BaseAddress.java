package dev.muster.connect.http;

/** The address of a source, which its steps cannot leave: scheme, host, port, and the beginning of every path. */
public final class BaseAddress {

    private final Address address;
    private final String prefix;

    private BaseAddress(Address address) {
        String path = address.uri();
        this.address = address;
        this.prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /**
     * Reads an address such as {@code https://sellers.internal/v1}.
     *
     * @throws IllegalArgumentException if it is none; the message says why and does not repeat it
     */
    public static BaseAddress parse(String text) {
        Address address = Address.parse(text);
        if (address.uri().indexOf('?') >= 0) {
            throw new IllegalArgumentException("must be an address without a query");
        }
        if (UriText.hasDots(address.uri())) {
            throw new IllegalArgumentException("must be an address without . and .. in its path");
        }
        return new BaseAddress(address);
    }

    /** Whether over TLS. */
    public boolean secure() {
        return address.secure();
    }

    /** {@code host:port}. */
    public String authority() {
        return address.authority();
    }

    /**
     * The address that a step's path, or a whole URL, has below this one.
     *
     * @throws IllegalArgumentException if it would leave, with the reason
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

    /** Whether an address is this one or below it, however a server reads its path. */
    boolean covers(Address other) {
        String path = other.path();
        return address.isSameOrigin(other)
                && (path.equals(prefix) || path.startsWith(prefix + "/"))
                && !UriText.hasDots(path);
    }

    private IllegalArgumentException leaves(Address where) {
        String why = UriText.hasDots(where.path())
                ? ", whose path a server may read as one above (a segment . or ..)"
                : ", which is not below " + this;
        return new IllegalArgumentException("leads to " + Sanitized.text(where.toString(), 200) + why);
    }

    /** The address as a URL. */
    @Override
    public String toString() {
        return address.withUri(prefix).toString();
    }
}
