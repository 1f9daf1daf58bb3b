package dev.muster.connect.sql;

import dev.muster.config.Fields;
import dev.muster.config.Sizes;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The settings that sources of every SQL database share.
 *
 * @param name the name of the source
 * @param pool maximum number of connections of the whole node
 * @param maxWaiting maximum number of tasks that wait for a connection
 * @param waitTimeout maximum time a task waits
 * @param connectTimeout maximum time to connect and log in
 * @param idleTimeout how long an idle connection is kept
 * @param maxRows maximum number of rows of a {@code many}
 * @param maxResponse maximum size in bytes of all rows of a {@code many}, and of each row of a stream
 * @param fetch maximum number of rows of a stream that are fetched at a time
 * @param queries the named queries
 * @param optional whether the node is ready without this source
 * @param adhoc whether ad-hoc plans may use the source
 */
public record SqlSettings(
        String name,
        int pool,
        int maxWaiting,
        Duration waitTimeout,
        Duration connectTimeout,
        Duration idleTimeout,
        int maxRows,
        int maxResponse,
        int fetch,
        Map<String, NamedQuery> queries,
        boolean optional,
        boolean adhoc) {

    private static final long MAX_BYTES = 1L << 30;

    /** Reads the settings. Problems are noted, and defaults replace invalid values. */
    public static SqlSettings read(String name, Fields fields, Map<String, NamedQuery> queries) {
        return new SqlSettings(
                name,
                fields.integer("pool", 1, 10_000, 16),
                fields.integer("maxWaiting", 0, 10_000_000, 1_000),
                fields.duration("waitTimeout", Duration.ofSeconds(5)),
                positive(fields, "connectTimeout", Duration.ofSeconds(5)),
                positive(fields, "idleTimeout", Duration.ofMinutes(10)),
                fields.integer("maxRows", 1, 10_000_000, 100_000),
                bytes(fields, "maxResponse", 16L << 20),
                fields.integer("fetch", 1, 100_000, 256),
                queries,
                fields.bool("optional", false),
                fields.bool("adhoc", false));
    }

    /** Options for the driver's pool: its size, and how long an idle connection is kept. */
    public PoolOptions poolOptions() {
        return new PoolOptions()
                .setMaxSize(pool)
                .setIdleTimeout(millis(idleTimeout))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    /** {@link #connectTimeout} in milliseconds. */
    public int connectTimeoutMillis() {
        return millis(connectTimeout);
    }

    private static int millis(Duration time) {
        return (int) Math.min(time.toMillis(), Integer.MAX_VALUE);
    }

    /** The error for a row that exceeds {@code maxResponse}. */
    public MusterException rowTooLarge() {
        return new MusterException(
                ErrorType.LIMIT,
                name + ": a row is larger than " + Sizes.format(maxResponse) + " (maxResponse of source " + name + ")");
    }

    private static Duration positive(Fields fields, String word, Duration otherwise) {
        Duration time = fields.duration(word, otherwise);
        if (time.isZero()) {
            fields.problem(word, word + " of " + fields.what() + " must be greater than 0");
            return otherwise;
        }
        return time;
    }

    private static int bytes(Fields fields, String word, long otherwise) {
        long size = fields.size(word, otherwise);
        if (size < 1 || size > MAX_BYTES) {
            fields.problem(word, word + " of " + fields.what() + " must be from 1B to 1GiB");
            return (int) otherwise;
        }
        return (int) size;
    }
}
