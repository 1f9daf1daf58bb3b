package dev.muster.queue.postgres;

import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.CronClaims;
import dev.muster.queue.JobStore;
import dev.muster.queue.QueueSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The job stores of a node in one Postgres source: a small connection pool of their own, and one connection that listens to the
 * notifications of other nodes. Safe on any thread.
 */
public final class PostgresStores {

    /** The number of connections of a node for the queues of a source, without the one that listens. */
    static final int CONNECTIONS = 8;

    private static final Duration ALARM = Duration.ofMinutes(5);

    private final PostgresSettings source;
    private final Loop loop;
    private final boolean isGuest;
    private final StorePool pool;
    private final NotificationListener notices;
    private final LongTransactionAlarm snapshots;
    private final Set<PostgresStore> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private PostgresStores(Vertx vertx, PostgresSettings source, Duration alarm, boolean isGuest) {
        this.source = source;
        this.isGuest = isGuest;
        String name = source.common().name();
        this.pool = new StorePool(vertx, source, CONNECTIONS);
        this.notices = new NotificationListener(vertx, source);
        this.loop = Loop.of(vertx);
        this.snapshots = new LongTransactionAlarm(loop, pool, name, alarm);
    }

    /**
     * A snapshot of the stores of a source.
     *
     * @param stores number of open stores
     * @param lostConnections number of connections lost while a statement ran
     * @param listened number of times the listening connection was made
     * @param notifications number of notifications received
     * @param heldBy what has kept dead rows for longer than the alarm time (5 min); null if nothing has
     * @param heldFor age of {@code heldBy}; null if there is none
     */
    public record Statistics(
            int stores,
            long lostConnections,
            long listened,
            long notifications,
            @Nullable String heldBy,
            @Nullable Duration heldFor) {}

    /**
     * Migrates the schema if it is missing or older, and opens the connections.
     *
     * @return fails as {@link Migrations#apply} does, and then leaves nothing open
     */
    public static Future<PostgresStores> open(Vertx vertx, PostgresSettings source) {
        return open(vertx, source, ALARM);
    }

    static Future<PostgresStores> open(Vertx vertx, PostgresSettings source, Duration alarm) {
        return new Migrations(vertx, source).apply().map(status -> {
            var stores = new PostgresStores(vertx, source, alarm, false);
            stores.notices.start();
            stores.snapshots.start();
            return stores;
        });
    }

    /**
     * Opens the connections of a tool that is not a node. The schema must be up to date, and the settings of existing queues are
     * not changed.
     *
     * @return fails as {@link Migrations#require} does, and then leaves nothing open
     */
    public static Future<PostgresStores> visit(Vertx vertx, PostgresSettings source) {
        return new Migrations(vertx, source).require().map(status -> {
            var stores = new PostgresStores(vertx, source, ALARM, true);
            stores.notices.start();
            return stores;
        });
    }

    /**
     * Opens the store of a queue. Creates the queue in the database, or stores these settings there; they apply to all nodes. A
     * tool that is not a node leaves the settings of an existing queue alone.
     *
     * @param loop loop of the store; {@link JobStore#listen} must be called on it
     * @return completes on the loop; fails with {@code unavailable} if the database cannot be reached
     */
    public Future<JobStore> store(Loop loop, QueueSettings settings) {
        if (closed) {
            return Future.failedFuture(new MusterException(
                    ErrorType.UNAVAILABLE,
                    "the queues of source " + source.common().name() + " are closed, as the node is stopping"));
        }
        Future<RowSet<Row>> known = isGuest
                ? pool.repeat(loop, Statement.NUMBER, again -> Tuple.of(settings.name()))
                : configured(loop, settings);
        return known.compose(rows -> rows.size() == 0 ? configured(loop, settings) : Future.succeededFuture(rows))
                .map(rows -> opened(loop, rows.iterator().next().getInteger(0), settings));
    }

    private Future<RowSet<Row>> configured(Loop loop, QueueSettings settings) {
        return pool.repeat(loop, Statement.CONFIGURE, again -> StoreRows.configure(settings));
    }

    /**
     * Returns the cron claims of the nodes on this database, by the clock of the database.
     *
     * @param loop loop on which they are used
     */
    public CronClaims claims(Loop loop) {
        return new PostgresCronClaims(loop, pool);
    }

    private JobStore opened(Loop loop, int number, QueueSettings settings) {
        var store = new PostgresStore(loop, pool, number, settings, this::gone);
        open.add(store);
        notices.add(store);
        return store;
    }

    private void gone(PostgresStore store) {
        open.remove(store);
        notices.remove(store);
    }

    /** Whether the database works: fails with a failure of the last seconds that has not been followed by a success. */
    public Future<@Nullable Void> ready() {
        return pool.ready(loop.nanos());
    }

    /** Returns a current snapshot. */
    public Statistics statistics() {
        var held = snapshots.held();
        return new Statistics(
                open.size(),
                pool.lost(),
                notices.connected(),
                notices.heard(),
                held.map(LongTransactionAlarm.Held::who).orElse(null),
                held.map(LongTransactionAlarm.Held::since).orElse(null));
    }

    /** Ends the open stores and closes the connections. Calls in flight fail. Idempotent. */
    public Future<Void> close() {
        closed = true;
        List<PostgresStore> left = new ArrayList<>(open);
        left.forEach(store -> store.loop().execute(store::end));
        notices.end();
        snapshots.end();
        return pool.close();
    }
}
