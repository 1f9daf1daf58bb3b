package dev.muster.connect.http;

/**
 * The counter of interim responses (1xx) before the final response of an exchange. RFC 9110, 15.2 requires a client to accept
 * any number of them. This one accepts 32, whose headers together are at most {@link HttpClients#HEADER_BYTES}. Runs on the
 * loop of its connection.
 */
final class Interim {

    /** Maximum number of interim responses. */
    static final int MOST = 32;

    private static final int SWITCHING_PROTOCOLS = 101;

    private int count;
    private long headerBytes;

    /** Resets the counter for the next exchange. */
    void clear() {
        count = 0;
        headerBytes = 0;
    }

    static boolean isInterim(int status) {
        return status >= 100 && status < 200;
    }

    /**
     * Counts an interim response.
     *
     * @throws Misbehaviour if a limit is exceeded, or the response switches protocols
     */
    void pass(int status, long bytes) {
        count++;
        headerBytes += bytes;
        if (status == SWITCHING_PROTOCOLS) {
            throw new Misbehaviour("switches to another protocol (status 101), which was not requested");
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
