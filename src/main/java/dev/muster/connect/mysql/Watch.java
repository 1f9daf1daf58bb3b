package dev.muster.connect.mysql;

import dev.muster.connect.mysql.Suspects.Statement;
import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what dead nodes left running on a server. Of all nodes with the same account only one looks: the holder of the watch lock.
 * The others only try to take that lock. Runs on the loop of the link.
 *
 * <p>A node that is paused or cut off can hold the lock for hours without looking. The others therefore check at intervals how long
 * the holder has been silent. One of them, which gets the successor's lock, then looks in its place.
 *
 * <p>Before a node ends the statements of a dead node (see {@link Suspects}), it takes the dead node's lock, so that no other node
 * does the same. It then reads the process list again and ends the statements that are still running.
 */
final class Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final String TURN = SqlResource.text(Watch.class, "watch.sql");
    private static final String SILENT = SqlResource.text(Watch.class, "silent.sql");
    private static final String MARKED = SqlResource.text(Watch.class, "marked.sql");

    /** Maximum number of nodes whose locks are checked in one look. */
    private static final int MAX_NODES = 64;

    /** A silent holder is checked for at the first failed attempt and then at every fourth, because the check reads the process list. */
    private static final int LOOKS_IN_VAIN = 4;

    /** Maximum number of successive silent holders that have a successor. */
    private static final int MAX_SILENT = 16;

    private final String source;
    private final SideLink link;
    private final NodeMark own;
    private final Suspects suspects = new Suspects();
    private boolean isTurn;
    private int looksInVain;
    private String lastSaid = "";

    Watch(String source, SideLink link, NodeMark own) {
        this.source = source;
        this.link = link;
        this.own = own;
    }

    /** Resets all state after the connection was lost. */
    void forget() {
        isTurn = false;
        looksInVain = 0;
        suspects.clear();
    }

    /** Looks once. The query also keeps the connection from being closed as idle. Fails if the connection fails. */
    Future<Void> look(SqlConnection connection) {
        return (isTurn ? Future.succeededFuture(true) : turn(connection)).compose(mine -> {
            isTurn = mine;
            return mine ? lookAround(connection) : Future.succeededFuture();
        });
    }

    private Future<Boolean> turn(SqlConnection connection) {
        return link.ask(connection, TURN.formatted("")).compose(rows -> {
            if (NodeLock.first(rows) == 1) {
                return Future.succeededFuture(true);
            }
            return looksInVain++ % LOOKS_IN_VAIN == 0
                    ? succeed(connection, "", MAX_SILENT)
                    : Future.succeededFuture(false);
        });
    }

    /** Takes the place of a silent holder, or of its successor if that one is silent too, and so on. */
    private Future<Boolean> succeed(SqlConnection connection, String lock, int most) {
        return link.ask(connection, SILENT.formatted(lock)).compose(silent -> {
            long holder = NodeLock.first(silent);
            if (holder <= 0 || most == 0) {
                return Future.succeededFuture(false);
            }
            String next = "-" + holder;
            return link.ask(connection, TURN.formatted(next))
                    .compose(rows -> NodeLock.first(rows) == 1
                            ? Future.succeededFuture(true)
                            : succeed(connection, next, most - 1));
        });
    }

    private Future<Void> lookAround(SqlConnection connection) {
        return marked(connection).compose(running -> {
            running.remove(own.node());
            List<String> nodes = running.keySet().stream().limit(MAX_NODES).toList();
            if (nodes.isEmpty()) {
                suspects.look(link.loop().nanos(), Map.of());
                return Future.succeededFuture();
            }
            return link.ask(connection, areFree(nodes)).compose(rows -> {
                Row free = rows.iterator().next();
                var left = new LinkedHashMap<String, List<Statement>>();
                for (int i = 0; i < nodes.size(); i++) {
                    Number isFree = free.getNumeric(i);
                    if (isFree != null && isFree.longValue() == 1) {
                        left.put(nodes.get(i), running.getOrDefault(nodes.get(i), List.of()));
                    }
                }
                return each(suspects.look(link.loop().nanos(), left).iterator(), node -> tidyUp(connection, node));
            });
        });
    }

    /** The statements in the process list that carry a mark, by node. */
    private Future<Map<String, List<Statement>>> marked(SqlConnection connection) {
        return link.ask(connection, MARKED).map(rows -> {
            Map<String, List<Statement>> byNode = new LinkedHashMap<>();
            for (Row row : rows) {
                var statement = new Statement(number(row, 0), number(row, 1), number(row, 3));
                NodeMark.nodeOf(String.valueOf(row.getValue(2)))
                        .ifPresent(node -> byNode.computeIfAbsent(node, first -> new ArrayList<>())
                                .add(statement));
            }
            return byNode;
        });
    }

    private Future<Void> tidyUp(SqlConnection connection, String node) {
        String lock = NodeMark.lock(node);
        return link.ask(connection, "select get_lock('" + lock + "', 0)")
                .compose(rows -> NodeLock.first(rows) == 1
                        ? marked(connection)
                                .compose(running -> end(
                                        connection, node, suspects.left(node, running.getOrDefault(node, List.of()))))
                                .eventually(() -> link.ask(connection, "select release_lock('" + lock + "')"))
                        : Future.succeededFuture());
    }

    private Future<Void> end(SqlConnection connection, String node, List<Statement> left) {
        if (left.isEmpty()) {
            return Future.succeededFuture();
        }
        String which = node + " is gone; ending its statements on the connections "
                + left.stream().map(statement -> Long.toString(statement.id())).collect(Collectors.joining(", "));
        if (!which.equals(lastSaid)) {
            // A statement that takes long to roll back is killed again every second; it is logged once.
            LOG.info("{}: the node {}", source, which);
            lastSaid = which;
        }
        return each(
                left.iterator(),
                statement -> link.ask(connection, "kill query " + statement.id())
                        .<Void>mapEmpty()
                        .recover(failure -> failure instanceof MySQLException
                                // It has ended by itself.
                                ? Future.succeededFuture()
                                : Future.failedFuture(failure)));
    }

    private static <T> Future<Void> each(Iterator<T> items, java.util.function.Function<T, Future<Void>> step) {
        return items.hasNext() ? step.apply(items.next()).compose(done -> each(items, step)) : Future.succeededFuture();
    }

    private static String areFree(List<String> nodes) {
        return nodes.stream()
                .map(node -> "is_free_lock('" + NodeMark.lock(node) + "')")
                .collect(Collectors.joining(", ", "select ", ""));
    }

    private static long number(Row row, int column) {
        Number number = row.getNumeric(column);
        return number == null ? 0 : number.longValue();
    }
}
