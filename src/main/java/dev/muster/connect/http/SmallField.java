package dev.muster.connect.http;

/** A field of at most ten bytes, assembled from the pieces in which it arrives. */
final class SmallField {

    private final byte[] bytes = new byte[10];
    private int count;

    /** Appends bytes up to the wanted number. Returns the index after the last byte taken. */
    int gather(byte[] from, int at, int wanted) {
        int taken = Math.min(wanted - count, from.length - at);
        System.arraycopy(from, at, bytes, count, taken);
        count += taken;
        return at + taken;
    }

    boolean has(int wanted) {
        return count == wanted;
    }

    void clear() {
        count = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    /** A byte as an unsigned number. */
    int at(int index) {
        return bytes[index] & 0xFF;
    }

    /** A number of four bytes, little-endian. */
    int intAt(int index) {
        return at(index) | at(index + 1) << 8 | at(index + 2) << 16 | at(index + 3) << 24;
    }
}
