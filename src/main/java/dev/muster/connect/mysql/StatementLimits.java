package dev.muster.connect.mysql;

import dev.muster.connect.Receipts;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server-side time limits of a source's statements, which end them if the node dies. A limit is the remaining time of the step
 * when the statement is sent, rounded up to 100, 200 or 500 ms, 1, 2 or 5 s and so on. {@link Receipts#SERVER_SLACK} is added if
 * the rounded limit would not be later than the step's own deadline by that much. A session's limit is set only when it changes,
 * see {@link LimitedSession}.
 *
 * <p>After a server has rejected such a limit, the source does not set it again. Safe on any thread.
 */
final class StatementLimits {
    private static final Logger LOG = LoggerFactory.getLogger(StatementLimits.class);

    /** No limit from the node: the limit that the session began with applies. */
    static final long NONE = 0;

    private static final long SHORTEST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 1_000_000_000;
    private static final long NANOS_IN_MILLI = 1_000_000;
    private static final int THOUSANDTHS = 3;
    private static final long SLACK_MILLIS = Receipts.SERVER_SLACK.toMillis();

    private final String source;
    private volatile boolean on;

    StatementLimits(String source, boolean on) {
        this.source = source;
        this.on = on;
    }

    /** The server variable that limits the time of a statement. */
    enum Variable {
        /** MariaDB, in seconds: statements of every kind, including the time they wait for a lock. */
        MAX_STATEMENT_TIME,
        /** MySQL, in milliseconds: only read-only {@code select} statements. */
        MAX_EXECUTION_TIME;

        static Variable of(DatabaseMetadata server) {
            return server.productName().equals("MariaDB") ? MAX_STATEMENT_TIME : MAX_EXECUTION_TIME;
        }

        /** The SQL expression for the session's value. */
        String ofSession() {
            return "@@session." + word();
        }

        /** Converts a value of the server to milliseconds, at least 1 unless it means no limit. */
        long millis(Number value) {
            var number = new BigDecimal(value.toString());
            BigDecimal millis = this == MAX_STATEMENT_TIME ? number.movePointRight(THOUSANDTHS) : number;
            return millis.signum() <= 0 ? NONE : Math.max(1, millis.longValue());
        }

        /** The SQL statement that sets the limit of a session. */
        String set(long millis) {
            String value = this == MAX_STATEMENT_TIME
                    ? BigDecimal.valueOf(millis, THOUSANDTHS)
                            .stripTrailingZeros()
                            .toPlainString()
                    : Long.toString(millis);
            return "set session " + word() + "=" + value;
        }

        private String word() {
            return this == MAX_STATEMENT_TIME ? "max_statement_time" : "max_execution_time";
        }
    }

    /** Whether statements are limited, as far as is known. */
    boolean isOn() {
        return on;
    }

    /** The server's limit variable; empty if statements are not limited. */
    Optional<Variable> variable(DatabaseMetadata server) {
        return on ? Optional.of(Variable.of(server)) : Optional.empty();
    }

    /** Records that a server has no such limit or does not allow it to be set. */
    void refused(@Nullable String why) {
        if (on) {
            on = false;
            LOG.warn(
                    "{}: the server supports no time limit for statements ({}), so the statements of a dead node run"
                            + " until a peer ends them; statementLimit: false turns this off without a warning",
                    source,
                    why);
        }
    }

    /**
     * Rounds a time in nanoseconds up to one of the lengths in milliseconds, with the slack added if the length exceeds the time by
     * less than the slack; {@link #NONE} beyond the longest length.
     */
    static long step(long nanos) {
        long millis = nanos <= 0 ? 1 : (nanos - 1) / NANOS_IN_MILLI + 1;
        long length = length(millis);
        return length == NONE || length - millis >= SLACK_MILLIS ? length : length + SLACK_MILLIS;
    }

    private static long length(long millis) {
        for (long unit = SHORTEST_MILLIS; unit <= LONGEST_MILLIS; unit *= 10) {
            if (millis <= unit) {
                return unit;
            }
            if (millis <= 2 * unit) {
                return 2 * unit;
            }
            if (millis <= 5 * unit) {
                return 5 * unit;
            }
        }
        return NONE;
    }
}
