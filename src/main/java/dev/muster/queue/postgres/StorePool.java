package dev.muster.queue.postgres;

import dev.muster.connect.postgres.PgErrors;
import dev.muster.connect.postgres.PgSocket;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.connect.postgres.SessionStart;
import dev.muster.connect.postgres.SqlState;
import dev.muster.connect.sql.DatabaseFault;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection pool for the jobs of a node in one source, separate from the source's own connections. Statements are prepared
 * once on each connection. Safe on any thread.
 */
final class StorePool {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.queue.postgres");

    /** The statement timeout on the server. */
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

    /** How long a statement can be without a response before its connection is closed. */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    private static final int MAX_WAITING = 10_000;
    private static final int MAX_TRIES = 6;

    /**
     * SQL states of a transaction that lost a race with another one (serialization failure, deadlock, unique violation). It left
     * nothing behind and can be repeated.
     */
    private static final Set<String> RACES = Set.of("40001", "40P01", "23505");

    private final Pool pool;
    private final SessionStart start;
    private final PgErrors errors;
    private final Duration connectTimeout;
    private final LongAdder lost = new LongAdder();
    private final DatabaseFault trouble = new DatabaseFault();

    /** What is known about a failed statement, which decides whether it is repeated. */
    private enum Fate {
        NOT_SENT,
        RACED,
        MAYBE_DONE,
        REFUSED
    }

    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Fate fate;
        private final transient MusterException error;

        Failed(Fate fate, MusterException error) {
            super(error.getMessage(), error, false, false);
            this.fate = fate;
            this.error = error;
        }
    }

    StorePool(Vertx vertx, PostgresSettings source, int size) {
        this.start = source.start();
        this.errors = new PgErrors(source);
        this.connectTimeout = source.common().connectTimeout();
        int connectMillis = (int) Math.min(connectTimeout.toMillis(), Integer.MAX_VALUE);
        this.pool = PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(size)
                        .setMaxWaitQueueSize(MAX_WAITING)
                        .setConnectionTimeout((int) SILENCE.toSeconds())
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                        .setName("queues of " + source.common().name()))
                .with(new NetClientOptions().setConnectTimeout(connectMillis).setTcpKeepAlive(true))
                .connectingTo(() -> Future.succeededFuture(options(source)))
                .withConnectHandler(StorePool::connected)
                .using(vertx)
                .build();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Closing the connection here hands it to the pool.
    private static void connected(SqlConnection connection) {
        PgSocket.watch(connection);
        connection.close();
    }

    /**
     * The connection options of queue sessions, as the functions of the schema expect them. Statements have a timeout of their
     * own, because no run waits for them with a deadline.
     */
    static PgConnectOptions options(PostgresSettings source) {
        PgConnectOptions options = new PgConnectOptions(source.connect());
        options.setCachePreparedStatements(true);
        Map.of(
                        "application_name",
                        "muster queues",
                        "default_transaction_isolation",
                        "read committed",
                        "statement_timeout",
                        Long.toString(STATEMENT_TIMEOUT.toMillis()),
                        "jit",
                        "off")
                .forEach(options::addProperty);
        return source.start().options(options, STATEMENT_TIMEOUT);
    }

    /** Returns the number of connections lost while a statement ran. */
    long lost() {
        return lost.sum();
    }

    /**
     * Runs a statement that is repeated only if it certainly had no effect. A lost response fails it.
     *
     * @param maybeDone text about the consequence of a lost response, for the error message
     */
    Future<RowSet<Row>> once(Loop loop, Statement call, String maybeDone, Tuple parameters) {
        return attempt(loop, call, again -> parameters, 1, false, false).recover(failure -> {
            boolean isOpen = failure instanceof Failed failed && failed.fate == Fate.MAYBE_DONE;
            MusterException error = noted(loop, call, failure);
            return Future.failedFuture(
                    isOpen ? new MusterException(error.type(), error.detail() + "; " + maybeDone, error) : error);
        });
    }

    /**
     * Runs an idempotent statement, and repeats it if the response is lost.
     *
     * @param parameters the parameters, from whether an earlier response was possibly lost
     */
    Future<RowSet<Row>> repeat(Loop loop, Statement call, Function<Boolean, Tuple> parameters) {
        return attempt(loop, call, parameters, 1, true, false)
                .recover(failure -> Future.failedFuture(noted(loop, call, failure)));
    }

    /** Fails with what keeps the queues from working, if there was such a failure in the last seconds. Safe on any thread. */
    Future<@Nullable Void> ready(long nowNanos) {
        return trouble.ready(nowNanos);
    }

    private MusterException noted(Loop loop, Statement call, Throwable failure) {
        MusterException error = unwrapped(failure);
        if (error.type() == ErrorType.UNAVAILABLE) {
            trouble.note(call, error, loop.nanos());
        }
        return error;
    }

    private static MusterException unwrapped(Throwable failure) {
        if (failure instanceof Failed failed) {
            return failed.error;
        }
        return failure instanceof MusterException error
                ? error
                : new MusterException(ErrorType.INTERNAL, "the job store failed: " + failure, failure);
    }

    private Future<RowSet<Row>> attempt(
            Loop loop, Statement call, Function<Boolean, Tuple> parameters, int number, boolean isSafe, boolean again) {
        return say(loop, call, parameters.apply(again)).recover(failure -> {
            if (!(failure instanceof Failed failed) || number >= MAX_TRIES || failed.fate == Fate.REFUSED) {
                return Future.failedFuture(failure);
            }
            if (failed.fate == Fate.MAYBE_DONE && !isSafe) {
                return Future.failedFuture(failure);
            }
            boolean mayBeDone = again || failed.fate == Fate.MAYBE_DONE;
            Promise<Void> paused = Promise.promise();
            loop.schedule(pause(failed.fate, number), paused::complete);
            return paused.future().compose(over -> attempt(loop, call, parameters, number + 1, isSafe, mayBeDone));
        });
    }

    private static Duration pause(Fate fate, int number) {
        long longestMillis = fate == Fate.RACED ? 10L << number : 25L << number;
        return Duration.ofMillis(1 + ThreadLocalRandom.current().nextLong(longestMillis));
    }

    private Future<RowSet<Row>> say(Loop loop, Statement call, Tuple parameters) {
        Promise<RowSet<Row>> answer = Promise.promise();
        start.login(pool::getConnection)
                .onComplete((connection, failure) -> onLoop(loop, () -> {
                    if (failure != null) {
                        answer.fail(new Failed(Fate.NOT_SENT, errors.connecting(failure, connectTimeout)));
                    } else {
                        say(loop, connection, call, parameters).onComplete(answer);
                    }
                }));
        return answer.future();
    }

    private Future<RowSet<Row>> say(Loop loop, SqlConnection connection, Statement call, Tuple parameters) {
        Promise<RowSet<Row>> answer = Promise.promise();
        connection.exceptionHandler(broken -> LOG.debug("a connection for queues: {}", broken.toString()));
        Timer silence = loop.schedule(SILENCE, () -> cut(connection));
        connection.preparedQuery(call.sql()).execute(parameters).onComplete((rows, failure) -> {
            // The failure can mean that the prepared statements of this connection are out of date.
            if (failure == null || isRace(failure)) {
                connection.close();
            } else {
                cut(connection);
            }
            onLoop(loop, () -> {
                silence.cancel();
                if (failure != null) {
                    answer.fail(failed(failure));
                } else {
                    trouble.worked(call);
                    answer.complete(rows);
                }
            });
        });
        return answer.future();
    }

    private Failed failed(Throwable thrown) {
        MusterException error = errors.running(thrown, List.of());
        if (isRace(thrown)) {
            return new Failed(Fate.RACED, error);
        }
        if (thrown instanceof PgException rejected && SqlState.isNothingDone(rejected)) {
            return new Failed(Fate.NOT_SENT, error);
        }
        if (error.type() != ErrorType.UNAVAILABLE) {
            return new Failed(Fate.REFUSED, error);
        }
        lost.increment();
        return new Failed(Fate.MAYBE_DONE, error);
    }

    private static boolean isRace(Throwable thrown) {
        return thrown instanceof PgException rejected && RACES.contains(String.valueOf(rejected.getSqlState()));
    }

    /** Closes the socket of a connection without a message to the server, which does not respond. */
    static void cut(SqlConnection connection) {
        var pooled = ((SqlConnectionInternal) connection).unwrap();
        var unused = ((SocketConnectionBase) pooled.unwrap())
                .socket()
                .channelHandlerContext()
                .channel()
                .close();
    }

    static void onLoop(Loop loop, Runnable step) {
        if (loop.inLoop()) {
            step.run();
        } else {
            loop.execute(step);
        }
    }

    Future<Void> close() {
        return pool.close();
    }
}
