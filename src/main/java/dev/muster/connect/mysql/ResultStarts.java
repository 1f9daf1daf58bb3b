package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;

/**
 * Knows which packets of the server begin a result: the first behind a statement, and the first behind each result that
 * another one follows. On the connection's loop.
 */
final class ResultStarts {
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int QUERY = 0x03;
    private static final int EXECUTE = 0x17;
    private static final int OK = 0x00;
    private static final int MOST_IN_A_BYTE = 0xFA;
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

    /** Notes what the driver sends: packets, or parts of large ones. */
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

    /** Whether a packet begins a result, which may be an error, or that nothing comes. Asked once for each. */
    boolean begins(ByteBuf packet) {
        boolean first = begins;
        int at = packet.readerIndex() + HEADER;
        int bytes = packet.writerIndex() - at;
        int opening = packet.getUnsignedByte(at);
        begins = false;
        if (first && opening != OK) {
            columnsLeft = opening <= MOST_IN_A_BYTE
                    ? opening
                    : opening == TWO_BYTES_FOLLOW ? packet.getUnsignedShortLE(at + 1) : 0;
        } else if (columnsLeft > 0) {
            columnsLeft--;
            headEnds = columnsLeft == 0;
        } else if (headEnds && opening == END && bytes == PLAIN_END_BYTES) {
            // Servers before MySQL 5.7.5 end the columns as they end the rows.
            headEnds = false;
        } else {
            headEnds = false;
            begins = opening == (first ? OK : END) && bytes < FULL_PACKET && isFollowed(packet, at, bytes);
        }
        return first;
    }

    /** Whether another result follows this end of one. */
    private static boolean isFollowed(ByteBuf end, int at, int bytes) {
        if (bytes == PLAIN_END_BYTES && end.getUnsignedByte(at) == END) {
            return (end.getUnsignedShortLE(at + 3) & MORE_RESULTS) != 0;
        }
        int status = number(end, number(end, at + 1));
        return status + 2 <= end.writerIndex() && (end.getUnsignedShortLE(status) & MORE_RESULTS) != 0;
    }

    /** Where the number ends that begins there. */
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
