package dev.muster.queue.postgres;

import dev.muster.connect.sql.SqlResource;
import java.util.Locale;

/** The statements that nodes send, each named after its file in {@code calls/}. */
enum Statement {
    PUT,
    TAKE,
    SETTLE,
    CANCEL,
    REDRIVE,
    REDRIVE_ONE,
    FIND,
    LIST,
    CLAIM,
    CLAIM_ENDED,
    NOW,
    TURN,
    LOOK,
    TELL,
    CONFIGURE,
    NUMBER,
    LISTEN,
    ALIVE,
    HELD,
    BEGIN,
    COMMIT,
    ROLLBACK,
    LOCK,
    IS_THERE,
    MAKE,
    APPLIED,
    RECORD;

    private final String sql = SqlResource.text(Statement.class, "calls/" + name().toLowerCase(Locale.ROOT) + ".sql");

    String sql() {
        return sql;
    }
}
