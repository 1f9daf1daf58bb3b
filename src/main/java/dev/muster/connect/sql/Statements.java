package dev.muster.connect.sql;

import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.internal.Connection;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The statements that each connection has prepared, the {@value #MOST} that were used last. A connection is held by one
 * task at a time, so only finding its map is guarded.
 */
final class Statements {
    private static final int MOST = 256;

    private final Map<Connection, Map<String, Prepared>> byConnection =
            Collections.synchronizedMap(new WeakHashMap<>());

    Optional<Prepared> get(SqlConnection connection, String sql) {
        return Optional.ofNullable(of(connection).get(sql));
    }

    void put(SqlConnection connection, String sql, Prepared prepared) {
        of(connection).put(sql, prepared);
    }

    void forget(SqlConnection connection, String sql) {
        close(of(connection).remove(sql));
    }

    private Map<String, Prepared> of(SqlConnection connection) {
        Connection physical = ((SqlConnectionInternal) connection).unwrap();
        return byConnection.computeIfAbsent(physical, fresh -> new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Prepared> eldest) {
                if (size() > MOST) {
                    close(eldest.getValue());
                    return true;
                }
                return false;
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a statement that cannot be closed goes with its connection
    private static void close(@Nullable Prepared prepared) {
        if (prepared != null) {
            prepared.statement().close();
        }
    }
}
