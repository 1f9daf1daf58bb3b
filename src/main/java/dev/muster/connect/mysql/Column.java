package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A column of a result, from the server's column definition packet.
 *
 * @param name the column's name or alias
 * @param type the protocol's type number
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

    /** The catalog with its length prefix; it is always {@code def}. No row and no other packet begins with these bytes. */
    private static final int OPENING = 0x03646566;

    private static final int HEADER = 4;
    private static final int NAMES_BEFORE = 4;
    private static final int TWO_BYTES_FOLLOW = 0xFC;

    /** Whether a packet describes a column or a placeholder. */
    static boolean describes(ByteBuf packet) {
        int at = packet.readerIndex() + HEADER;
        return packet.writerIndex() - at > 4 && packet.getInt(at) == OPENING;
    }

    /** Parses a column definition packet. */
    static Column read(ByteBuf packet) {
        int at = nameAt(packet);
        String name = packet.toString(textAt(packet, at), lengthAt(packet, at), StandardCharsets.UTF_8);
        return new Column(name, packet.getUnsignedByte(fixedAt(packet) + 7));
    }

    /**
     * Changes the type in a definition packet so that the driver returns the column's values unparsed, as bytes or text. This is
     * done for types of which the driver would lose information: dates with a zero part, times of more than a day, exact numbers in
     * JSON. All of them are length-prefixed on the wire, like text.
     */
    void disguise(ByteBuf packet) {
        switch (type) {
            case DATE, TIME, DATETIME, TIMESTAMP, BIT -> disguise(packet, BYTES, BINARY_SET);
            case JSON -> disguise(packet, TEXT, UTF8_SET);
            default -> {
                // The driver parses all other types without loss.
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

    /** The offset of the fixed-length part: its length, 2 bytes of character set, 4 of width, 1 of type. */
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
