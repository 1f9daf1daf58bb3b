package dev.muster.connect.postgres;

/** Thrown if a server's message is not valid Postgres protocol at its place. The connection is not usable afterwards. */
final class GarbledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a description for people. */
    GarbledException(String what) {
        super(what, null, false, false);
    }
}
