package dev.muster.connect.postgres;

/** What a server says is not what Postgres says at this place: the connection is of no more use. */
final class GarbledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what is wrong, for people. */
    GarbledException(String what) {
        super(what, null, false, false);
    }
}
