package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;

/**
 * Finds the packets that begin a result: the first after a statement, and the first after each result that is followed by another.
 * Runs on the connection's loop.
 */
final class ResultStarts {
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int QUERY = 0x03;
    private static final int EXECUTE = 0x17;
    private static final int OK = 0x00;
    private static final int MAX_IN_A_BYTE = 0xFA;
    private static final int TWO_BYTES_FOLLOW = 0xFC;
    private static final int END = 0xFE;
    private static final int FULL_PACKET = 0xFFFFFF;
    private static final int PLAIN_END_BYTES = 5;
    private static final int MORE_RESULTS = 0x0008;

    private long bytesLeft;
    private boolean commandFollows;
    private boolean begins;
    private int columnsLeft;
    private boolean headEnds;

    /** Inspects the bytes the driver sends: packets, or parts of large ones. */
    void sent(ByteBuf bytes) {
        int readable = bytes.readableBytes();
        int at = bytes.readerIndex();
        if (bytesLeft > 0) {
            bytesLeft -= readable;
        } else if (readable >= HEADER) {
            bytesLeft = (long) bytes.getUnsignedMediumLE(at) - (readable - HEADER);
            commandFollows = bytes.getByte(at + SEQUENCE) == 0;
            at += HEADER;
        }
        if (commandFollows && bytes.writerIndex() > at) {
            int command = bytes.getUnsignedByte(at);
            begins = command == QUERY || command == EXECUTE;
            columnsLeft = 0;
            headEnds = false;
            commandFollows = false;
        }
    }

    /** Whether a packet begins a result; errors and empty results count. Must be called once for each packet, in order. */
    boolean begins(ByteBuf packet) {
        boolean first = begins;
        int at = packet.readerIndex() + HEADER;
        int bytes = packet.writerIndex() - at;
        int opening = packet.getUnsignedByte(at);
        begins = false;
        if (first && opening != OK) {
            columnsLeft = opening <= MAX_IN_A_BYTE
                    ? opening
                    : opening == TWO_BYTES_FOLLOW ? packet.getUnsignedShortLE(at + 1) : 0;
        } else if (columnsLeft > 0) {
            columnsLeft--;
            headEnds = columnsLeft == 0;
        } else if (headEnds && opening == END && bytes == PLAIN_END_BYTES) {
            // Servers before MySQL 5.7.5 end the column definitions with the same packet as the rows.
            headEnds = false;
        } else {
            headEnds = false;
            begins = opening == (first ? OK : END) && bytes < FULL_PACKET && isFollowed(packet, at, bytes);
        }
        return first;
    }

    /** Whether another result follows this end packet. */
    private static boolean isFollowed(ByteBuf end, int at, int bytes) {
        if (bytes == PLAIN_END_BYTES && end.getUnsignedByte(at) == END) {
            return (end.getUnsignedShortLE(at + 3) & MORE_RESULTS) != 0;
        }
        int status = number(end, number(end, at + 1));
        return status + 2 <= end.writerIndex() && (end.getUnsignedShortLE(status) & MORE_RESULTS) != 0;
    }

    /** The offset after the length-encoded number that begins at this offset. */
    private static int number(ByteBuf packet, int at) {
        if (at >= packet.writerIndex()) {
            return at;
        }
        return at
                + switch (packet.getUnsignedByte(at)) {
                    case 0xFC -> 3;
                    case 0xFD -> 4;
                    case 0xFE -> 9;
                    default -> 1;
                };
    }
}
