package dev.muster.queue.postgres;

import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.Fires;
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
 * The job stores that a node has in one Postgres source: a few connections of their own, and one on which it hears what other
 * nodes tell. Safe on every thread.
 */
public final class PostgresStores {

    /** How many connections a node has for the queues of a source, apart from the one that listens. */
    static final int CONNECTIONS = 8;

    private static final Duration ALARM = Duration.ofMinutes(5);

    private final PostgresSettings source;
    private final Loop loop;
    private final boolean isGuest;
    private final StorePool pool;
    private final Notices notices;
    private final HeldSnapshots snapshots;
    private final Set<PostgresStore> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private PostgresStores(Vertx vertx, PostgresSettings source, Duration alarm, boolean isGuest) {
        this.source = source;
        this.isGuest = isGuest;
        String name = source.common().name();
        this.pool = new StorePool(vertx, source, CONNECTIONS);
        this.notices = new Notices(vertx, source);
        this.loop = Loop.of(vertx);
        this.snapshots = new HeldSnapshots(loop, pool, name, alarm);
    }

    /**
     * How they are.
     *
     * @param stores open ones
     * @param lostConnections connections that were lost while a statement ran
     * @param listened how often the listening connection was made
     * @param notifications what was heard on it
     * @param heldBy what has kept dead rows from being removed for more than 5 min; null if nothing has
     * @param heldFor for how long; null if nothing has
     */
    public record Statistics(
            int stores,
            long lostConnections,
            long listened,
            long notifications,
            @Nullable String heldBy,
            @Nullable Duration heldFor) {}

    /**
     * Makes the schema where it is not there or older, and opens the connections.
     *
     * @return fails as {@link Migrations#apply} does, and has left nothing open then
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
     * Opens the connections of somebody who is no node: where the schema is as it should be, and without a say in the settings
     * of queues that are there.
     *
     * @return fails as {@link Migrations#require} does, and has left nothing open then
     */
    public static Future<PostgresStores> visit(Vertx vertx, PostgresSettings source) {
        return new Migrations(vertx, source).require().map(status -> {
            var stores = new PostgresStores(vertx, source, ALARM, true);
            stores.notices.start();
            return stores;
        });
    }

    /**
     * The store of a queue, which is made in the database, or gets these settings there, unless these are a visitor's: they hold
     * for all nodes.
     *
     * @param loop the store's own; {@link JobStore#listen} has to be called on it
     * @return completes on the loop; fails with {@code unavailable} if the database cannot be reached
     */
    public Future<JobStore> store(Loop loop, QueueSettings settings) {
        if (closed) {
            return Future.failedFuture(new MusterException(
                    ErrorType.UNAVAILABLE,
                    "the queues of source " + source.common().name() + " are closed, as the node stops"));
        }
        Future<RowSet<Row>> known = isGuest
                ? pool.repeat(loop, Call.NUMBER, again -> Tuple.of(settings.name()))
                : configured(loop, settings);
        return known.compose(rows -> rows.size() == 0 ? configured(loop, settings) : Future.succeededFuture(rows))
                .map(rows -> opened(loop, rows.iterator().next().getInteger(0), settings));
    }

    private Future<RowSet<Row>> configured(Loop loop, QueueSettings settings) {
        return pool.repeat(loop, Call.CONFIGURE, again -> StoreRows.configure(settings));
    }

    /**
     * What the nodes on this database agree by on the times of plans that run by the clock, which is the database's.
     *
     * @param loop on which it is used
     */
    public Fires fires(Loop loop) {
        return new PostgresFires(loop, pool);
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

    /** Whether the database does what they ask for; fails with why it did not a moment ago. */
    public Future<@Nullable Void> ready() {
        return pool.ready(loop.nanos());
    }

    /** How they are at this moment. */
    public Statistics statistics() {
        var held = snapshots.held();
        return new Statistics(
                open.size(),
                pool.lost(),
                notices.connected(),
                notices.heard(),
                held.map(HeldSnapshots.Held::who).orElse(null),
                held.map(HeldSnapshots.Held::since).orElse(null));
    }

    /** Ends the stores that are open and closes the connections. What is under way fails. Idempotent. */
    public Future<Void> close() {
        closed = true;
        List<PostgresStore> left = new ArrayList<>(open);
        left.forEach(store -> store.loop().execute(store::end));
        notices.end();
        snapshots.end();
        return pool.close();
    }
}
