package dev.muster.connect.http;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * A network such as {@code 10.0.0.0/8} or {@code fd00::/8}, or a single address.
 *
 * @param first the first address of the network
 * @param bits length of the prefix, in bits
 */
public record AddressRange(InetAddress first, int bits) {

    /** A range of a single address. */
    static AddressRange of(InetAddress only) {
        return new AddressRange(only, only.getAddress().length * 8);
    }

    /**
     * Parses a network.
     *
     * @throws IllegalArgumentException if the text is no network
     */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress first = slash < 0 ? null : IpText.parse(text.substring(0, slash));
        String bits = text.substring(slash + 1);
        if (first == null || !bits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("is not a network such as 10.0.0.0/8");
        }
        var range = new AddressRange(first, Integer.parseInt(bits));
        if (range.bits > first.getAddress().length * 8) {
            throw new IllegalArgumentException("shares more bits than an address has");
        }
        if (!range.beginsThere()) {
            throw new IllegalArgumentException(
                    "is not the first address of its network; write 10.0.0.0/8, not 10.1.2.3/8");
        }
        return range;
    }

    /** Whether an address belongs to the network. */
    boolean contains(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        int whole = bits / 8;
        int rest = bits % 8;
        return own.length == other.length
                && Arrays.equals(own, 0, whole, other, 0, whole)
                && (rest == 0 || ((own[whole] ^ other[whole]) & 0xFF) >>> (8 - rest) == 0);
    }

    private boolean beginsThere() {
        byte[] bytes = first.getAddress();
        for (int bit = bits; bit < bytes.length * 8; bit++) {
            if ((bytes[bit / 8] & (0x80 >>> (bit % 8))) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The network in the notation {@code address/bits}. */
    @Override
    public String toString() {
        return first.getHostAddress() + "/" + bits;
    }
}
