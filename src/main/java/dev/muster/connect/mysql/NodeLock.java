package dev.muster.connect.mysql;

import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sign of life of a node for its peers: a named lock on the server, held by the side connection for as long as the process
 * lives. Statements carry the node's mark only on the server that holds this lock.
 *
 * <p>A lost lock is taken again at once. If this fails for {@link #GRACE}, which is shorter than the time that peers wait,
 * statements continue without the mark, and no peer ends them. Everything runs on the loop of the link, except for the methods
 * marked as safe on any thread.
 */
final class NodeLock {
    /** How long statements keep the mark after the lock was lost. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(NodeLock.class);
    private static final Duration PULSE = Duration.ofSeconds(1);
    private static final long NOTHING = -1;
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

    /** The longest pause before a lost connection is opened again; short, because peers could already suspect this node. */
    private static final Duration LONGEST_BEFORE_RETURN = Duration.ofMillis(400);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** The longest time that the first statement waits for the lock. */
    private static final Duration FIRST = Duration.ofSeconds(1);

    /** Maximum number of times a link is reopened because it led to another server than before. */
    private static final int MAX_DETOURS = 3;

    /** Errors of a server without capacity, which pass. Any other rejected login is permanent. */
    private static final Set<Integer> FULL = Set.of(1040, 1203, 1226);

    private final String source;
    private final SideLink link;
    private final NodeMark mark;
    private final Watch watch;
    private final Promise<Void> settled = Promise.promise();
    private volatile @Nullable String server;
    private volatile boolean isSettled;
    private @Nullable SqlConnection current;
    private @Nullable Timer next;
    private @Nullable Timer grace;
    private @Nullable Timer patience;
    private Duration pause = SHORTEST_PAUSE;
    private long holder = -1;
    private int detours;
    private boolean unsupported;

    /** Creates the presence over a link that has no other watcher. */
    NodeLock(String source, SideLink link, NodeMark mark) {
        this.source = source;
        this.link = link;
        this.mark = mark;
        this.watch = new Watch(source, link, mark);
        link.watch(this::opened, this::lost);
    }

    /** Whether statements on this server carry the mark. Safe on any thread. */
    boolean marks(Greeting greeting) {
        String at = server;
        return at != null && at.equals(greeting.server());
    }

    /** Completes once it is known whether the lock is held, or after {@link #FIRST}; immediately from then on. Safe on any thread. */
    Future<Void> settled() {
        return isSettled ? Future.succeededFuture() : settled.future();
    }

    /** Starts, or continues after a rejected login. Safe on any thread. */
    void warm() {
        link.execute(() -> {
            if (patience == null && !isSettled) {
                patience = link.loop().schedule(FIRST, this::settle);
            }
            if (current == null) {
                cancelNext();
                open();
            }
        });
    }

    private void open() {
        if (link.isClosed()) {
            return;
        }
        link.get().onFailure(failure -> {
            LOG.debug("{}: no connection outside of the pool", source, failure);
            settle();
            if (!(failure instanceof MySQLException refused) || FULL.contains(refused.getErrorCode())) {
                after(longerPause(), this::open);
            }
        });
    }

    private void opened(SqlConnection connection) {
        Greeting greeting = MySqlWire.of(connection).greeting();
        String before = server;
        current = connection;
        if (before != null && !before.equals(greeting.server()) && detours < MAX_DETOURS) {
            detours++;
            SideLink.cut(connection);
        } else if (!unsupported) {
            detours = 0;
            take(connection, greeting);
        }
    }

    private void take(SqlConnection connection, Greeting greeting) {
        number(connection, "select get_lock('" + mark.lock() + "', 0)").onComplete((got, failure) -> {
            if (current != connection) {
                return;
            }
            if (failure != null) {
                refused(connection, failure);
            } else if (got == NOTHING) {
                unsupported("it answers without a row");
            } else if (got == 1) {
                held(connection, greeting);
            } else {
                freeFromFormer(connection);
                after(longerPause(), () -> take(connection, greeting));
            }
        });
    }

    private void held(SqlConnection connection, Greeting greeting) {
        holder = greeting.id();
        server = greeting.server();
        if (grace != null) {
            grace.cancel();
            grace = null;
        }
        settle();
        pulse(connection);
    }

    /** Kills the former holder of the lock. The server might not have noticed that this node's previous connection is gone. */
    private void freeFromFormer(SqlConnection connection) {
        number(connection, "select coalesce(is_used_lock('" + mark.lock() + "'), 0)")
                .onSuccess(id -> {
                    if (id == holder && id > 0) {
                        link.ask(connection, "kill " + id)
                                .onFailure(
                                        failure -> LOG.debug("{}: the former holder was not ended", source, failure));
                    }
                });
    }

    private void pulse(SqlConnection connection) {
        watch.look(connection).onComplete((looked, failure) -> {
            if (current != connection) {
                return;
            }
            if (failure == null) {
                pause = SHORTEST_PAUSE;
            } else if (failure instanceof MySQLException) {
                LOG.debug("{}: peers cannot be checked", source, failure);
            } else {
                SideLink.cut(connection);
                return;
            }
            after(PULSE, () -> pulse(connection));
        });
    }

    private void lost() {
        current = null;
        watch.forget();
        if (server != null && grace == null) {
            grace = link.loop().schedule(GRACE, () -> {
                grace = null;
                server = null;
            });
        }
        Duration now = longerPause();
        after(now.compareTo(LONGEST_BEFORE_RETURN) > 0 ? LONGEST_BEFORE_RETURN : now, this::open);
    }

    /** Returns the current pause and doubles the next one. */
    private Duration longerPause() {
        Duration now = pause;
        Duration twice = now.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
        return now;
    }

    private void after(Duration delay, Runnable step) {
        cancelNext();
        if (!link.isClosed()) {
            next = link.loop().schedule(delay, () -> {
                next = null;
                step.run();
            });
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void refused(SqlConnection connection, Throwable failure) {
        MusterException why = MySqlErrors.statement(source, failure, List.of());
        if (why.type() != ErrorType.QUERY) {
            SideLink.cut(connection);
            return;
        }
        unsupported(why.detail());
    }

    private void unsupported(String why) {
        unsupported = true;
        server = null;
        settle();
        LOG.warn(
                "{}: the server grants no lock ({}), so peers cannot detect whether this node is alive, and do not end the"
                        + " statements that it leaves behind; peers: false turns this off without a warning",
                source,
                why);
    }

    private void settle() {
        if (!isSettled) {
            isSettled = true;
            settled.complete();
        }
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
    }

    private Future<Long> number(SqlConnection connection, String sql) {
        return link.ask(connection, sql).map(NodeLock::first);
    }

    /** The single number of a result: {@link #NOTHING} if there is no row, 0 if it is null. */
    static long first(RowSet<Row> rows) {
        RowIterator<Row> row = rows.iterator();
        if (!row.hasNext()) {
            return NOTHING;
        }
        Number number = row.next().getNumeric(0);
        return number == null ? 0 : number.longValue();
    }

    /** Stops. The owner of the link closes it. Safe on any thread. */
    void close() {
        link.execute(() -> {
            cancelNext();
            settle();
            if (grace != null) {
                grace.cancel();
                grace = null;
            }
        });
    }
}
