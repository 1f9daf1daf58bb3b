package dev.muster.connect.sql;

/** Statements that every SQL database understands. */
final class Commands {
    static final String PING = "select 1";
    static final String COMMIT = "commit";
    static final String ROLLBACK = "rollback";

    private Commands() {}
}
