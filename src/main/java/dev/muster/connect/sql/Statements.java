package dev.muster.connect.sql;

import io.netty.util.AttributeKey;
import io.vertx.sqlclient.SqlConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The statements that a connection has prepared, the {@value #MOST} that were used last. They are kept with its channel, so
 * that they go with it; it is held by one task at a time, which is all the order they need.
 */
final class Statements {
    private static final int MOST = 256;
    private static final AttributeKey<Statements> KEY = AttributeKey.valueOf("dev.muster.statements");

    private final Map<String, Prepared> bySql = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Prepared> eldest) {
            if (size() > MOST) {
                close(eldest.getValue());
                return true;
            }
            return false;
        }
    };

    private Statements() {}

    /** Those of a connection. */
    static Statements of(SqlConnection connection) {
        var attribute = Lease.channelOf(connection).attr(KEY);
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

    @SuppressWarnings("FutureReturnValueIgnored") // a statement that cannot be closed goes with its connection
    private static void close(@Nullable Prepared prepared) {
        if (prepared != null) {
            prepared.statement().close();
        }
    }
}
