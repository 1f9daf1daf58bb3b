package dev.muster.connect.mysql;

import dev.muster.connect.Receipts;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the server lets the statements of a source run by itself, so that they end where the node is no more: the time that
 * their step had left when they were sent, rounded up to one of a few lengths (0.1, 0.2, 0.5, 1, 2, 5 s and so on), and {@link
 * Receipts#SERVER_SLACK} more where that would be no later than the step's own deadline. A session is told only when that length is
 * another than before, see {@link LimitedSession}.
 *
 * <p>A server that knows no such limit is asked once, and never again by this source. Safe on every thread.
 */
final class StatementLimits {
    private static final Logger LOG = LoggerFactory.getLogger(StatementLimits.class);

    /** No limit by the node: that of the session, which it began with, holds. */
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

    /** What bounds a statement on a server. */
    enum Variable {
        /** Of MariaDB, in seconds: for statements of every kind, while they wait for a lock too. */
        MAX_STATEMENT_TIME,
        /** Of MySQL, in milliseconds: for a {@code select} that only reads. */
        MAX_EXECUTION_TIME;

        static Variable of(DatabaseMetadata server) {
            return server.productName().equals("MariaDB") ? MAX_STATEMENT_TIME : MAX_EXECUTION_TIME;
        }

        /** What gives the value that a session has. */
        String ofSession() {
            return "@@session." + word();
        }

        /** The milliseconds that a server's value means, at least one where it means any limit. */
        long millis(Number value) {
            var number = new BigDecimal(value.toString());
            BigDecimal millis = this == MAX_STATEMENT_TIME ? number.movePointRight(THOUSANDTHS) : number;
            return millis.signum() <= 0 ? NONE : Math.max(1, millis.longValue());
        }

        /** The statement that sets it for a session. */
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

    /** Whether statements are bounded, as far as it is known. */
    boolean isOn() {
        return on;
    }

    /** What a server has for it; nothing where statements are not to be bounded. */
    Optional<Variable> variable(DatabaseMetadata server) {
        return on ? Optional.of(Variable.of(server)) : Optional.empty();
    }

    /** Notes that a server has no such limit, or does not let it be set. */
    void refused(@Nullable String why) {
        if (on) {
            on = false;
            LOG.warn(
                    "{}: the server takes no limit of time for a statement ({}), so that what a node leaves behind runs on"
                            + " until a peer ends it; statementLimit: false says so beforehand",
                    source,
                    why);
        }
    }

    /**
     * The shortest length, in milliseconds, that is not less than this time, with the slack where it is hardly more; {@link #NONE}
     * beyond the longest.
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
