package dev.muster.connect.postgres;

/** How a message of the server is handled on its way to the driver. */
enum PgWay {
    /** Forwarded without inspection. */
    PASS,
    /** Forwarded and recorded; without copying if the buffer holds all of it. */
    NOTE,
    /** Forwarded after a change. */
    CHANGE,
    /** Not forwarded. */
    DROP,
    /** Not a valid message for a client that has logged in. */
    UNKNOWN;

    static final byte ROW = 'D';
    static final byte EMPTY = 'I';
    static final byte COPY_IN = 'G';
    static final byte COPY_OUT = 'H';

    /** Maximum size of a message from the server. */
    private static final int MAX_MESSAGE_BYTES = 1 << 30;

    /**
     * The handling of a message.
     *
     * @param length the length in the message, including its own four bytes
     * @param maxRowBytes maximum size of a row in bytes
     */
    static PgWay of(byte type, long length, int maxRowBytes) {
        if (length < 4 || length > MAX_MESSAGE_BYTES) {
            return UNKNOWN;
        }
        return switch (type) {
            case ROW -> length > maxRowBytes ? DROP : PASS;
            case 'C', 'Z', '2', 's', 'E' -> NOTE;
            case 'T', 't' -> CHANGE;
            // Copy data and parameter changes: the driver fails on them when no statement is running.
            case EMPTY, COPY_IN, COPY_OUT, 'd', 'c', 'S' -> DROP;
            case '1', '3', 'n', 'N', 'A' -> PASS;
            default -> UNKNOWN;
        };
    }
}
