package dev.muster.connect.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parser of IP addresses, restricted to the spellings that all software reads alike. */
final class IpText {

    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern VERSION_4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
    private static final Pattern VERSION_6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern NUMBER_AT_THE_END = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\\.*");

    private IpText() {}

    /**
     * Parses an address: four decimal numbers, or IPv6 without brackets and zone.
     *
     * @return null if the text is no address, or one that some software reads differently
     */
    static @Nullable InetAddress parse(String text) {
        if (VERSION_4.matcher(text).matches()) {
            return of(NetUtil.createByteArrayFromIpAddressString(text));
        }
        if (!VERSION_6.matcher(text).matches()) {
            return null;
        }
        String groups = withoutDecimals(text);
        return NetUtil.isValidIpV6Address(groups) ? of(NetUtil.createByteArrayFromIpAddressString(groups)) : null;
    }

    /** Rewrites the last four bytes of IPv6 from IPv4 notation, which Netty accepts for some addresses only. */
    private static String withoutDecimals(String text) {
        int last = text.lastIndexOf(':') + 1;
        String tail = text.substring(last);
        if (!VERSION_4.matcher(tail).matches()) {
            return text;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(tail);
        HexFormat hex = HexFormat.of();
        return text.substring(0, last) + hex.formatHex(bytes, 0, 2) + ":" + hex.formatHex(bytes, 2, 4);
    }

    /**
     * Whether a host that {@link #parse} rejects can still be read as an address by some software: it ends in a number,
     * decimal, octal or hexadecimal (URL Standard), or contains a colon.
     */
    static boolean isAmbiguous(String host) {
        return host.indexOf(':') >= 0 || NUMBER_AT_THE_END.matcher(host).matches();
    }

    /** An address of 4 or 16 bytes. An IPv4 address that is mapped into IPv6 becomes the IPv4 address. */
    private static @Nullable InetAddress of(byte @Nullable [] bytes) {
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address has so many bytes", e);
        }
    }
}
