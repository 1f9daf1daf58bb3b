package dev.muster.connect.postgres;

import dev.muster.plan.ErrorType;
import io.vertx.pgclient.PgException;
import java.util.Set;

/**
 * What follows from the five characters by which a Postgres says why it rejects a statement, and from the routine of the server
 * that found it: both are the same in every language.
 *
 * <p>By <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">the list of codes</a>.
 */
public final class SqlState {
    /** A transaction that only reads was asked to write. */
    static final String READ_ONLY = "25006";

    /** Somebody else has prepared a statement in this session. */
    private static final String TAKEN_NAME = "42P05";

    /** Somebody else has, or somebody has forgotten all statements of this session. */
    private static final String NO_SUCH_NAME = "26000";

    private static final Set<String> SESSION_LIMITS = Set.of("25P03", "25P04");
    private static final Set<String> STATEMENT_LIMITS = Set.of("57014", "55P03");

    /** Where a statement notices that its time is up, or that somebody ends it; others raise these codes for other reasons. */
    private static final String INTERRUPTED = "ProcessInterrupts";

    /** No memory, no room on disk, the disk fails; but not a limit of the session (53400), which is its statement's own fault. */
    private static final Set<String> NO_RESOURCES = Set.of("53000", "53100", "53200", "58030");

    private static final Set<String> FOR_ALL = Set.of(READ_ONLY, "53100", "58030");

    private static final Set<String> LAST_WORDS = Set.of("FATAL", "PANIC");

    /** Classes of codes that say nothing of the statement, but of the connection, the transaction or the server. */
    private static final Set<String> NOT_OF_THE_STATEMENT = Set.of("08", "25", "53", "55", "57", "58");

    private SqlState() {}

    /**
     * The type of a rejection. A cancel that Muster asked for is not told apart here: whoever asked knows.
     *
     * @return {@code unavailable} if the connection is of no more use, {@code timeout} for a limit of the server's own, else
     *     {@code query}
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

    /** Whether others seem to be in the same session. */
    static boolean isOfOthers(String code) {
        return code.equals(TAKEN_NAME) || code.equals(NO_SUCH_NAME);
    }

    /**
     * Whether a statement that was prepared earlier may have been rejected for what was learned of it then, as far as the code
     * says.
     */
    static boolean mayBeStale(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        return code.length() == 5 && !NOT_OF_THE_STATEMENT.contains(code.substring(0, 2));
    }

    /** Whether nobody can change anything at the server now: it only reads, or its disk is full or fails. */
    static boolean isForAll(PgException rejected) {
        return FOR_ALL.contains(String.valueOf(rejected.getSqlState()));
    }

    private static boolean isOfServer(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        return code.equals(READ_ONLY) || NO_RESOURCES.contains(code);
    }

    /** Whether nothing was done, and the same may be said again on another connection: to a server that writes, for one. */
    public static boolean isNothingDone(PgException rejected) {
        return isOfServer(rejected) && !LAST_WORDS.contains(String.valueOf(rejected.getSeverity()))
                || isStale(rejected);
    }

    /** Whether this rejects, with nothing done, a prepared statement that is gone or whose result has changed. */
    static boolean isStale(PgException rejected) {
        String code = String.valueOf(rejected.getSqlState());
        return code.equals("26000") || code.equals("0A000") && "RevalidateCachedQuery".equals(rejected.getRoutine());
    }
}
