package dev.muster.connect.http;

/** Ten bytes at most that belong together, gathered from pieces in which they may come. */
final class SmallField {

    private final byte[] bytes = new byte[10];
    private int count;

    /** Takes what is missing to the wanted number. The index behind what was taken. */
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

    /** A byte, without sign. */
    int at(int index) {
        return bytes[index] & 0xFF;
    }

    /** Four bytes, the lowest first. */
    int intAt(int index) {
        return at(index) | at(index + 1) << 8 | at(index + 2) << 16 | at(index + 3) << 24;
    }
}
