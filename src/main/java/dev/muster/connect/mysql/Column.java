package dev.muster.connect.mysql;

/**
 * A column of a result, as the server describes it.
 *
 * @param name its name, or its alias
 * @param type the protocol's number of its type
 */
record Column(String name, int type) {
    private static final int TIMESTAMP = 0x07;
    private static final int BIT = 0x10;

    /** Whether its values are instants, which the server gives in the session's time zone, UTC. */
    boolean isInstant() {
        return type == TIMESTAMP;
    }

    /** Whether its values are bits, of which the highest is no sign. */
    boolean isBits() {
        return type == BIT;
    }
}
