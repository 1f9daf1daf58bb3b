package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A column of a result, as the server describes it in a packet of its own.
 *
 * @param name its name, or its alias
 * @param type the protocol's number of its type
 */
record Column(String name, int type) {
    static final int TIMESTAMP = 0x07;
    static final int DATE = 0x0A;
    static final int TIME = 0x0B;
    static final int DATETIME = 0x0C;
    static final int BIT = 0x10;
    static final int JSON = 0xF5;

    private static final int BYTES = 0xFC;
    private static final int TEXT = 0xFD;
    private static final short BINARY_SET = 63;
    private static final short UTF8_SET = 45;

    /** The catalog, which is always {@code def}, with its length before it. No row and no other packet begins like this. */
    private static final int OPENING = 0x03646566;

    private static final int HEADER = 4;
    private static final int NAMES_BEFORE = 4;
    private static final int TWO_BYTES_FOLLOW = 0xFC;

    /** Whether a packet describes a column or a placeholder. */
    static boolean describes(ByteBuf packet) {
        int at = packet.readerIndex() + HEADER;
        return packet.writerIndex() - at > 4 && packet.getInt(at) == OPENING;
    }

    /** What a packet describes. */
    static Column read(ByteBuf packet) {
        int at = nameAt(packet);
        String name = packet.toString(textAt(packet, at), lengthAt(packet, at), StandardCharsets.UTF_8);
        return new Column(name, packet.getUnsignedByte(fixedAt(packet) + 7));
    }

    /**
     * Has the driver give the values of a column as they came, as bytes or text, where it would lose some of them: dates with
     * a zero in them, whole days of times, the exact numbers of JSON. All of these travel as text does, behind their length.
     */
    void disguise(ByteBuf packet) {
        switch (type) {
            case DATE, TIME, DATETIME, TIMESTAMP, BIT -> disguise(packet, BYTES, BINARY_SET);
            case JSON -> disguise(packet, TEXT, UTF8_SET);
            default -> {
                // The driver's own reading loses nothing.
            }
        }
    }

    private static void disguise(ByteBuf packet, int type, short characterSet) {
        int at = fixedAt(packet);
        packet.setShortLE(at + 1, characterSet);
        packet.setByte(at + 7, type);
    }

    private static int nameAt(ByteBuf packet) {
        int at = packet.readerIndex() + HEADER;
        for (int passed = 0; passed < NAMES_BEFORE; passed++) {
            at = after(packet, at);
        }
        return at;
    }

    /** Where the part of fixed length begins: its length, 2 bytes of character set, 4 of width, 1 of type. */
    private static int fixedAt(ByteBuf packet) {
        return after(packet, after(packet, nameAt(packet)));
    }

    private static int after(ByteBuf packet, int at) {
        return textAt(packet, at) + lengthAt(packet, at);
    }

    private static int lengthAt(ByteBuf packet, int at) {
        int first = packet.getUnsignedByte(at);
        return first == TWO_BYTES_FOLLOW ? packet.getUnsignedShortLE(at + 1) : first;
    }

    private static int textAt(ByteBuf packet, int at) {
        return at + (packet.getUnsignedByte(at) == TWO_BYTES_FOLLOW ? 3 : 1);
    }
}
