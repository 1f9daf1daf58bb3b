package dev.muster.web;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port, as they stand in {@code Host}, {@code :authority} and {@code Origin} (RFC 9110, 7.2). Immutable.
 *
 * @param host a name in small letters without the dot of the root, or an address, IPv6 in brackets
 * @param port -1 where none is named
 */
record Authority(String host, int port) {

    /** A registered name may have a comma, by the letter; who sends one has put two lines into one. */
    private static final Pattern WRITTEN = Pattern.compile(
            "(\\[[0-9A-Fa-f:.]{2,45}]|(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2}){1,255})(?::([0-9]{0,5}))?");

    private static final int MOST_PORT = 65_535;
    private static final String LOCALHOST = "localhost";

    /** What a text says; empty if it is none. */
    static Optional<Authority> of(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        String host = written.group(1).toLowerCase(Locale.ROOT);
        String digits = written.group(2);
        int port = digits == null || digits.isEmpty() ? -1 : Integer.parseInt(digits);
        if (port > MOST_PORT || isBroken(host)) {
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

    /** Whether it is {@code localhost}, or an address of this machine by the letter: no name server has a say in it. */
    boolean isThisMachine() {
        if (host.equals(LOCALHOST)) {
            return true;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(plain(host));
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether both name the same host, whatever the ports. */
    boolean isHost(Authority other) {
        return plain(host).equals(plain(other.host));
    }

    /** Whether both are the same place, where these ports are meant if none is named. */
    boolean isSame(Authority other, int usualPort) {
        return isHost(other) && (port < 0 ? usualPort : port) == (other.port < 0 ? usualPort : other.port);
    }

    private static String plain(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
