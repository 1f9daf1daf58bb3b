package dev.muster.web;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port, as in {@code Host}, {@code :authority} and {@code Origin} (RFC 9110, 7.2). Immutable.
 *
 * @param host a lower-case name without the trailing dot, or an IP address; IPv6 in brackets
 * @param port the port, or -1 if absent
 */
record Authority(String host, int port) {

    /** RFC 3986 permits a comma in a registered name. It is rejected here, because it comes from joining two header lines. */
    private static final Pattern WRITTEN = Pattern.compile(
            "(\\[[0-9A-Fa-f:.]{2,45}]|(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2}){1,255})(?::([0-9]{0,5}))?");

    private static final int MAX_PORT = 65_535;
    private static final String LOCALHOST = "localhost";

    static Optional<Authority> of(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        String host = written.group(1).toLowerCase(Locale.ROOT);
        String digits = written.group(2);
        int port = digits == null || digits.isEmpty() ? -1 : Integer.parseInt(digits);
        if (port > MAX_PORT || isBroken(host)) {
            return Optional.empty();
        }
        boolean isRooted = host.endsWith(".") && host.length() > 1;
        return Optional.of(new Authority(isRooted ? host.substring(0, host.length() - 1) : host, port));
    }

    private static boolean isBroken(String host) {
        return host.startsWith("[")
                ? !NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1))
                : host.equals(".") || host.contains("..");
    }

    /** Whether this is {@code localhost} or a literal loopback address. No name server is involved. */
    boolean isThisMachine() {
        return host.equals(LOCALHOST) || isLoopback(plain(host));
    }

    /** Whether a text is an IP address of this machine's loopback. */
    static boolean isLoopback(String address) {
        InetAddress known = NetUtil.createInetAddressFromIpAddressString(address);
        return known != null && known.isLoopbackAddress();
    }

    /** Whether both have the same host, whatever the ports. */
    boolean isHost(Authority other) {
        return plain(host).equals(plain(other.host));
    }

    /**
     * Whether both have the same host and port.
     *
     * @param usualPort the port of an authority that names none
     */
    boolean isSame(Authority other, int usualPort) {
        return isHost(other) && (port < 0 ? usualPort : port) == (other.port < 0 ? usualPort : other.port);
    }

    private static String plain(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
