package dev.muster.connect.postgres;

/** What becomes of a message of the server on its way to the driver. */
enum PgWay {
    /** It goes on unseen. */
    PASS,
    /** It goes on, and is noted; where it lies in one piece, in passing. */
    NOTE,
    /** It goes on, changed. */
    CHANGE,
    /** It goes no further. */
    DROP,
    /** No Postgres says it to a client that has logged in. */
    UNKNOWN;

    static final byte ROW = 'D';
    static final byte EMPTY = 'I';
    static final byte COPY_IN = 'G';
    static final byte COPY_OUT = 'H';

    /** The most that a server sends at once. */
    private static final int MOST_MESSAGE_BYTES = 1 << 30;

    /**
     * That of a message.
     *
     * @param length as it says, with these four bytes
     * @param mostRowBytes above which a row is too large
     */
    static PgWay of(byte type, long length, int mostRowBytes) {
        if (length < 4 || length > MOST_MESSAGE_BYTES) {
            return UNKNOWN;
        }
        return switch (type) {
            case ROW -> length > mostRowBytes ? DROP : PASS;
            case 'C', 'Z', '2', 's', 'E' -> NOTE;
            case 'T', 't' -> CHANGE;
            // A copy, and settings that have changed: the driver fails on those where nothing runs.
            case EMPTY, COPY_IN, COPY_OUT, 'd', 'c', 'S' -> DROP;
            case '1', '3', 'n', 'N', 'A' -> PASS;
            default -> UNKNOWN;
        };
    }
}
