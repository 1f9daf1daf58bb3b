package dev.muster.connect.postgres;

import dev.muster.plan.ErrorType;
import io.vertx.pgclient.PgException;
import java.util.Set;

/**
 * Classifies rejected statements by SQLSTATE and by the server routine that raised the error. Both are the same in every language.
 *
 * <p>See <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">the list of codes</a>.
 */
public final class SqlState {
    /** A write in a read-only transaction. */
    static final String READ_ONLY = "25006";

    /** The name of the prepared statement is taken: another client prepared it in this session. */
    private static final String TAKEN_NAME = "42P05";

    /** The prepared statement is unknown: another client uses this session, or all its statements were deallocated. */
    private static final String NO_SUCH_NAME = "26000";

    private static final Set<String> SESSION_LIMITS = Set.of("25P03", "25P04");
    private static final Set<String> STATEMENT_LIMITS = Set.of("57014", "55P03");

    /** The routine in which a statement detects a timeout or a cancel. Other routines raise the same codes for other reasons. */
    private static final String INTERRUPTED = "ProcessInterrupts";

    /** Out of memory, disk full, I/O error. A session limit (53400) is excluded, because it is the statement's own fault. */
    private static final Set<String> NO_RESOURCES = Set.of("53000", "53100", "53200", "58030");

    private static final Set<String> FOR_ALL = Set.of(READ_ONLY, "53100", "58030");

    private static final Set<String> LAST_WORDS = Set.of("FATAL", "PANIC");

    /** Classes of codes that concern the connection, the transaction or the server instead of the statement. */
    private static final Set<String> NOT_OF_THE_STATEMENT = Set.of("08", "25", "53", "55", "57", "58");

    private SqlState() {}

    /**
     * The error type of a rejected statement. A cancel by Muster itself is not distinguished here; its requester knows.
     *
     * @return {@code unavailable} if the connection or the server cannot be used now, {@code timeout} for a limit of the server,
     *     else {@code query}
     */
    static ErrorType type(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        if (SESSION_LIMITS.contains(code)
                || STATEMENT_LIMITS.contains(code) && INTERRUPTED.equals(rejected.getRoutine())) {
            return ErrorType.TIMEOUT;
        }
        boolean isOver = isOfServer(rejected)
                || code.equals(TAKEN_NAME)
                || code.startsWith("57P0")
                || code.startsWith("08")
                || LAST_WORDS.contains(String.valueOf(rejected.getSeverity()));
        return isOver ? ErrorType.UNAVAILABLE : ErrorType.QUERY;
    }

    /** Whether other clients seem to share the session. */
    static boolean isOfOthers(String code) {
        return code.equals(TAKEN_NAME) || code.equals(NO_SUCH_NAME);
    }

    /** Whether, by its code, a rejection could be due to an outdated cached preparation. */
    static boolean mayBeStale(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        return code.length() == 5 && !NOT_OF_THE_STATEMENT.contains(code.substring(0, 2));
    }

    /** Whether no client can write to the server now: it is read-only, or its disk is full or fails. */
    static boolean isForAll(PgException rejected) {
        return FOR_ALL.contains(String.valueOf(rejected.getSqlState()));
    }

    private static boolean isOfServer(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        return code.equals(READ_ONLY) || NO_RESOURCES.contains(code);
    }

    /** Whether nothing was executed and the same statement can be sent again on another connection, for example to a writable server. */
    public static boolean isNothingDone(PgException rejected) {
        return isOfServer(rejected) && !LAST_WORDS.contains(String.valueOf(rejected.getSeverity()))
                || isStale(rejected);
    }

    /** Whether a prepared statement was rejected, without effect, because it is gone or its result type has changed. */
    static boolean isStale(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        return code.equals("26000") || code.equals("0A000") && "RevalidateCachedQuery".equals(rejected.getRoutine());
    }
}
