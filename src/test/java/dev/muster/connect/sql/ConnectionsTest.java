package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Rig;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a source waits before it asks its pool, on virtual time. */
class ConnectionsTest {
    private final Vertx vertx = Vertx.vertx();
    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final Tasks tasks = Tasks.on(loop);
    private final ConnectionLimiter slots = new ConnectionLimiter("db", 100, 0, Duration.ZERO);
    private final FakePool pool = new FakePool();
    private final Connections connections = new Connections(pool, vertx);

    @AfterEach
    void close() {
        Rig.await(vertx.close());
    }

    /** Asks for a connection, as far as that goes without time. */
    private Task<SqlConnection> ask() {
        ConnectionLimiter.Slot slot = slots.tryAcquire().orElseThrow();
        Task<SqlConnection> asked = tasks.start("ask", scope -> connections.get(scope, slot));
        asked.onEnd(ended -> {});
        loop.runReady();
        return asked;
    }

    private void giveBack() {
        pool.idle.add(pool.connection());
        connections.connectionReturned();
    }

    @Test
    void afterAFailure_theNextAttemptWaits() {
        assertThat(ask().future().cause()).isInstanceOf(MusterException.class);
        pool.serverIsUp = true;
        Task<SqlConnection> next = ask();
        assertThat(next.future().isComplete()).isFalse();
        loop.advance(Duration.ofMillis(50));
        assertThat(next.future().succeeded()).isTrue();
    }

    @Test
    void afterAFailure_anIdleConnectionIsLentAtOnce() {
        pool.serverIsUp = true;
        ask();
        pool.serverIsUp = false;
        assertThat(ask().future().failed()).isTrue();
        giveBack();
        assertThat(ask().future().succeeded()).as("the idle one").isTrue();
        assertThat(ask().future().isComplete()).as("beyond the idle one").isFalse();
        loop.run();
    }

    @Test
    void connectionThatComesBack_isLentToTheOneThatHasWaitedLongest() {
        pool.serverIsUp = true;
        ask();
        pool.serverIsUp = false;
        ask();
        List<Task<SqlConnection>> waiting = List.of(ask(), ask());
        giveBack();
        loop.runReady();
        assertThat(waiting).map(asked -> asked.future().isComplete()).containsExactly(true, false);
        assertThat(waiting.get(0).future().succeeded()).isTrue();
        loop.run();
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void connectionThatIsNoMore_endsNoPause() {
        pool.serverIsUp = true;
        ask();
        pool.serverIsUp = false;
        ask();
        Task<SqlConnection> waiting = ask();
        pool.open = 0;
        connections.connectionReturned();
        loop.runReady();
        assertThat(waiting.future().isComplete()).isFalse();
        waiting.cancel(CancelReason.of("enough"));
        loop.runReady();
        assertThat(waiting.future().isComplete()).isTrue();
        assertThat(loop.waitingTimers()).isZero();
    }

    @Test
    void idleConnection_doesNotEndThePauses() {
        pool.serverIsUp = true;
        ask();
        pool.serverIsUp = false;
        ask();
        giveBack();
        ask();
        int attempts = pool.attempts;
        ask();
        assertThat(pool.attempts).isEqualTo(attempts);
        loop.run();
    }

    /** Connects at once or not at all. */
    private static final class FakePool implements Pool, Database {
        private final ArrayDeque<SqlConnection> idle = new ArrayDeque<>();
        private boolean serverIsUp;
        private int open;
        private int attempts;

        private SqlConnection connection() {
            return (SqlConnection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {SqlConnection.class}, (proxy, method, arguments) -> {
                        throw new UnsupportedOperationException(method.getName());
                    });
        }

        @Override
        public Future<SqlConnection> getConnection() {
            if (!idle.isEmpty()) {
                return Future.succeededFuture(idle.poll());
            }
            attempts++;
            if (!serverIsUp) {
                return Future.failedFuture(new ConnectException("refused"));
            }
            open++;
            return Future.succeededFuture(connection());
        }

        @Override
        public int size() {
            return open;
        }

        @Override
        public SqlSettings settings() {
            Duration time = Duration.ofSeconds(5);
            return new SqlSettings("db", 100, 0, time, time, time, 1, 1, 1, Map.of(), false, false);
        }

        @Override
        public String address() {
            return "nowhere";
        }

        @Override
        public Pool open(Vertx given) {
            return this;
        }

        @Override
        public MusterException unavailable(Throwable thrown) {
            return new MusterException(ErrorType.UNAVAILABLE, thrown.getMessage());
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }

        @Override
        public Query<RowSet<Row>> query(String sql) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void lend(SqlConnection connection, Consumer<MusterException> rowLost) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Prepared> prepare(SqlConnection connection, String sql) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Void> cancel(SqlConnection connection) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> begin(Optional<Isolation> isolation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MusterException failure(SqlConnection connection, Throwable thrown, List<?> params) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isStale(SqlConnection connection, Throwable thrown) {
            throw new UnsupportedOperationException();
        }
    }
}
