package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.node.Waiting;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.function.LongPredicate;

/** Who is connected to a database, as that says itself. Blocks. */
public final class Sessions {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Sessions() {}

    /** Waits until so many others are connected of whom {@code pg_stat_activity} says this; the database does the waiting. */
    public static void await(String database, String which, LongPredicate enough) {
        String count = "select count(*) from pg_stat_activity, pg_sleep(0.02) where datname = current_database()"
                + " and pid <> pg_backend_pid() and backend_type = 'client backend' and " + which;
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!enough.test(sql(database, count))) {
            assertThat(System.nanoTime()).as("not in time: %s", count).isLessThan(endNanos);
        }
    }

    /** Says something; the number that it gives, 0 if there is none. */
    public static long sql(String database, String sql) {
        Vertx vertx = Vertx.vertx();
        try {
            PgConnection connection = Waiting.got(PgConnection.connect(vertx, PgConnectOptions.fromUri(database)));
            var rows = Waiting.got(connection.query(sql).execute());
            Waiting.got(connection.close());
            return rows.size() == 0 ? 0 : rows.iterator().next().getLong(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            vertx.close();
        }
    }
}
