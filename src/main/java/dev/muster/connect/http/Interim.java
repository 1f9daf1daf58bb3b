package dev.muster.connect.http;

/**
 * The count of interim responses (1xx) that come before the final one of an exchange. A client has to pass over any number
 * of them (RFC 9110, 15.2); this one passes over 32, whose headers together are no larger than those of one response may be.
 * On the loop of its connection.
 */
final class Interim {

    /** So many may come. */
    static final int MOST = 32;

    private static final int SWITCHING_PROTOCOLS = 101;

    private int count;
    private long headerBytes;

    /** Begins anew, for the next exchange. */
    void clear() {
        count = 0;
        headerBytes = 0;
    }

    static boolean isInterim(int status) {
        return status >= 100 && status < 200;
    }

    /**
     * Passes over one.
     *
     * @throws Misbehaviour if it is one too many, or cannot be passed over
     */
    void pass(int status, long bytes) {
        count++;
        headerBytes += bytes;
        if (status == SWITCHING_PROTOCOLS) {
            throw new Misbehaviour("switches to another protocol (status 101), which was not asked for");
        }
        if (count > MOST) {
            throw new Misbehaviour(
                    "is preceded by more than " + MOST + " interim ones (the last has status " + status + ")");
        }
        if (headerBytes > HttpClients.HEADER_BYTES) {
            throw new Misbehaviour("is preceded by interim ones with headers larger than " + HttpClients.HEADER_BYTES
                    + " bytes together");
        }
    }
}
