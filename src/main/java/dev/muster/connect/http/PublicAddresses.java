package dev.muster.connect.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classification of public IP addresses, by IANA's registries of special addresses (RFC 6890) and the addresses at which
 * clouds serve metadata. Of IPv6 only global unicast counts as public, so that unknown ranges do not.
 */
final class PublicAddresses {

    private record Special(AddressRange range, String what) {}

    private static final String METADATA = "cloud metadata";
    private static final String PRIVATE = "private";
    private static final String LINK_LOCAL = "link-local";
    private static final String RESERVED = "reserved";
    private static final String DOCUMENTATION = "for documentation";
    private static final String TUNNEL = "that of a tunnel to another address";

    private static final List<Special> VERSION_4 = List.of(
            special("169.254.169.254/32", METADATA),
            special("169.254.170.2/32", METADATA),
            special("168.63.129.16/32", METADATA),
            special("100.100.100.200/32", METADATA),
            special("192.0.0.192/32", METADATA),
            special("0.0.0.0/8", "of this host or network"),
            special("10.0.0.0/8", PRIVATE),
            special("100.64.0.0/10", "shared by a carrier's customers"),
            special("127.0.0.0/8", "loopback"),
            special("169.254.0.0/16", LINK_LOCAL),
            special("172.16.0.0/12", PRIVATE),
            special("192.0.0.0/24", RESERVED),
            special("192.0.2.0/24", DOCUMENTATION),
            special("192.88.99.0/24", TUNNEL),
            special("192.168.0.0/16", PRIVATE),
            special("198.18.0.0/15", "for benchmarks"),
            special("198.51.100.0/24", DOCUMENTATION),
            special("203.0.113.0/24", DOCUMENTATION),
            special("224.0.0.0/4", "for multicast"),
            special("255.255.255.255/32", "for broadcast"),
            special("240.0.0.0/4", RESERVED));

    private static final List<Special> VERSION_6 = List.of(
            special("fd00:ec2::254/128", METADATA),
            special("::/128", "of this host or network"),
            special("::1/128", "loopback"),
            special("fe80::/10", LINK_LOCAL),
            special("fec0::/10", PRIVATE),
            special("fc00::/7", PRIVATE),
            special("ff00::/8", "for multicast"),
            special("2001::/32", TUNNEL),
            special("2002::/16", TUNNEL),
            special("2001::/23", RESERVED),
            special("2001:db8::/32", DOCUMENTATION),
            special("3fff::/20", DOCUMENTATION));

    private static final AddressRange GLOBAL_UNICAST = AddressRange.parse("2000::/3");

    /** IPv4 addresses for hosts that have only IPv6 (RFC 6052). Each is as public as the IPv4 address in it. */
    private static final AddressRange TRANSLATED = AddressRange.parse("64:ff9b::/96");

    private PublicAddresses() {}

    /** What a special address is, as the continuation of "is"; null if the address is public. */
    static @Nullable String whyNot(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return find(VERSION_4, address);
        }
        if (TRANSLATED.contains(address)) {
            return whyNot(inner(bytes));
        }
        String special = find(VERSION_6, address);
        if (special != null) {
            return special;
        }
        if (!GLOBAL_UNICAST.contains(address)) {
            return "not of the public internet";
        }
        return isAutomaticTunnel(bytes) ? whyNot(inner(bytes)) : null;
    }

    private static @Nullable String find(List<Special> specials, InetAddress address) {
        for (Special special : specials) {
            if (special.range.contains(address)) {
                return special.what;
            }
        }
        return null;
    }

    /** Whether the address has an interface identifier of ISATAP (RFC 5214, 6.1), whose last four bytes are an IPv4 address. */
    private static boolean isAutomaticTunnel(byte[] bytes) {
        return (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == (byte) 0xFE;
    }

    private static InetAddress inner(byte[] bytes) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("four bytes are no address", e);
        }
    }

    private static Special special(String range, String what) {
        return new Special(AddressRange.parse(range), what);
    }
}
