package dev.muster.connect.sql;

import io.netty.util.AttributeKey;
import io.vertx.sqlclient.SqlConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cache of the {@value #MAX_STATEMENTS} most recently used prepared statements of a connection. It is attached to the connection's
 * channel and ends with it. One task at a time holds the connection, so no other synchronization is needed.
 */
final class Statements {
    private static final int MAX_STATEMENTS = 256;
    private static final AttributeKey<Statements> KEY = AttributeKey.valueOf("dev.muster.statements");

    private final Map<String, Prepared> bySql = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Prepared> eldest) {
            if (size() > MAX_STATEMENTS) {
                close(eldest.getValue());
                return true;
            }
            return false;
        }
    };

    private Statements() {}

    static Statements of(SqlConnection connection) {
        var attribute = Database.channelOf(connection).attr(KEY);
        Statements known = attribute.get();
        if (known == null) {
            known = new Statements();
            attribute.set(known);
        }
        return known;
    }

    Optional<Prepared> get(String sql) {
        return Optional.ofNullable(bySql.get(sql));
    }

    void put(String sql, Prepared prepared) {
        bySql.put(sql, prepared);
    }

    void forget(String sql) {
        close(bySql.remove(sql));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a statement that fails to close ends with its connection
    private static void close(@Nullable Prepared prepared) {
        if (prepared != null) {
            prepared.statement().close();
        }
    }
}
