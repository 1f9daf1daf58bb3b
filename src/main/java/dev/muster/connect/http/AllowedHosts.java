package dev.muster.connect.http;

import dev.muster.config.Fields;
import dev.muster.config.Node;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts outside the public internet that a source with {@code http: any} may reach:
 * {@code allow: [name, name:port, 10.1.2.3:80, 10.0.0.0/8]}.
 *
 * @param names host names in lower case, with {@code :port} if one was written; allowed whatever address they resolve to
 * @param ranges addresses that are allowed whatever name resolves to them
 */
public record AllowedHosts(Set<String> names, List<Range> ranges) {

    /** No host. */
    public static final AllowedHosts NONE = new AllowedHosts(Set.of(), List.of());

    private static final Pattern ENTRY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");

    /**
     * Addresses at one port or at every port.
     *
     * @param addresses the addresses
     * @param port 0 for every port
     */
    public record Range(AddressRange addresses, int port) {}

    /** Copies both collections. */
    public AllowedHosts {
        names = Set.copyOf(names);
        ranges = List.copyOf(ranges);
    }

    static AllowedHosts read(Fields fields) {
        List<Node> items = fields.sequence("allow").map(Sequence::items).orElse(List.of());
        var names = new LinkedHashSet<String>();
        var ranges = new ArrayList<Range>();
        for (Node item : items) {
            try {
                add(item instanceof Scalar scalar && scalar.value() != null ? scalar.text() : "", names, ranges);
            } catch (IllegalArgumentException e) {
                fields.problems()
                        .add(
                                item.at(),
                                "allow of " + fields.what() + " takes hosts (name, name:port, 10.1.2.3) and networks"
                                        + " (10.0.0.0/8); this " + e.getMessage());
            }
        }
        return new AllowedHosts(names, ranges);
    }

    private static void add(String text, Set<String> names, List<Range> ranges) {
        if (text.indexOf('/') >= 0) {
            ranges.add(new Range(AddressRange.parse(text), 0));
            return;
        }
        InetAddress whole = IpText.parse(text);
        Matcher entry = ENTRY.matcher(text);
        if (whole != null) {
            ranges.add(new Range(AddressRange.of(whole), 0));
        } else if (entry.matches()) {
            String host = entry.group(1).toLowerCase(Locale.ROOT);
            add(host, entry.group(2) == null ? 0 : port(entry.group(2)), names, ranges);
        } else {
            throw new IllegalArgumentException("is neither");
        }
    }

    private static void add(String host, int port, Set<String> names, List<Range> ranges) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        InetAddress address = IpText.parse(bare);
        if (address != null) {
            ranges.add(new Range(AddressRange.of(address), port));
        } else if (IpText.isAmbiguous(bare)) {
            throw new IllegalArgumentException("is not an address in its usual spelling");
        } else {
            names.add(port == 0 ? withoutDot(bare) : withoutDot(bare) + ":" + port);
        }
    }

    private static int port(String digits) {
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("has a port that does not exist");
        }
        return port;
    }

    /** Whether a host is allowed by its name. */
    boolean hasName(Address address) {
        String name = withoutDot(address.host());
        return names.contains(name) || names.contains(name + ":" + address.port());
    }

    /** Whether an address is allowed. */
    boolean has(InetAddress address, int port) {
        for (Range range : ranges) {
            if ((range.port == 0 || range.port == port) && range.addresses.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The name without the dot at its end, which only marks it as fully qualified. */
    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
