package dev.muster.queue.postgres;

import dev.muster.connect.postgres.PgErrors;
import dev.muster.connect.postgres.PgSocket;
import dev.muster.connect.postgres.Pooler;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.connect.sql.SqlResource;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * The migrations of the schema {@code muster} in a database. Each step is made in a transaction of its own, and once only, even
 * if several nodes migrate at the same time. Safe on any thread.
 *
 * <p>A schema that is newer than this Muster is rejected, because its functions can mean something else.
 */
public final class Migrations {

    private static final List<String> NAMES = List.of(
            "001_tables",
            "002_time",
            "003_put",
            "004_take",
            "005_settle",
            "006_operators",
            "007_housekeeping",
            "008_enqueue",
            "009_cron",
            "010_keys",
            "011_repeats",
            "012_fences");

    /** The limit for all steps together, and the statement timeout of each. The wait for another node that migrates counts. */
    private static final Duration MOST = Duration.ofMinutes(2);

    private final Vertx vertx;
    private final Loop loop;
    private final PostgresSettings source;
    private final PgErrors errors;
    private final List<String> names;

    /** The migrations of the database of a source. Opens no connection. */
    public Migrations(Vertx vertx, PostgresSettings source) {
        this(vertx, source, NAMES);
    }

    Migrations(Vertx vertx, PostgresSettings source, List<String> names) {
        this.vertx = vertx;
        this.loop = Loop.of(vertx);
        this.source = source;
        this.errors = new PgErrors(source);
        this.names = names;
    }

    /**
     * The migration status of a database.
     *
     * @param applied number of the last step that was made; 0 if there is no schema
     * @param known number of the last step of this Muster
     * @param pending names of the steps that have not been made
     */
    public record Status(int applied, int known, List<String> pending) {

        /** Whether the schema belongs to a newer Muster. */
        public boolean isNewer() {
            return applied > known;
        }
    }

    /**
     * Returns the migration status of the database and changes nothing. Fails with {@code unavailable} if the database cannot be
     * reached.
     */
    public Future<Status> status() {
        return connected(connection -> applied(connection).map(this::status));
    }

    /**
     * Makes the pending steps.
     *
     * @return the status afterwards. Fails with {@code conflict} if the schema is newer, with {@code unavailable} if the database
     *     cannot be reached, with {@code query} if the database rejects a step, which then leaves nothing behind.
     */
    public Future<Status> apply() {
        return connected(connection -> applied(connection).compose(applied -> {
            Status before = status(applied);
            return before.isNewer() || before.pending().isEmpty() ? checked(before) : step(connection);
        }));
    }

    /**
     * Checks that the schema is the one this Muster needs. Changes nothing.
     *
     * @return the status. Fails with {@code conflict} if the schema is missing, older or newer, with {@code unavailable} if the
     *     database cannot be reached.
     */
    public Future<Status> require() {
        return status().compose(this::checked)
                .compose(status -> status.pending().isEmpty()
                        ? Future.succeededFuture(status)
                        : Future.failedFuture(new MusterException(
                                ErrorType.CONFLICT,
                                where()
                                        + (status.applied() == 0
                                                ? " does not exist"
                                                : " is of step " + status.applied())
                                        + ", and this Muster needs step " + status.known()
                                        + ": create it with `muster migrate`")));
    }

    private Future<Status> step(PgConnection connection) {
        return plain(connection, Statement.BEGIN)
                .compose(begun -> plain(connection, Statement.LOCK))
                .compose(locked -> is(connection))
                .compose(isThere -> isThere ? Future.succeededFuture() : plain(connection, Statement.MAKE))
                .compose(made -> applied(connection))
                .compose(applied -> checked(status(applied)))
                .compose(before -> before.pending().isEmpty()
                        ? Future.succeededFuture(before)
                        : run(connection, before.applied() + 1))
                .compose(after -> plain(connection, Statement.COMMIT).map(after))
                .recover(failure ->
                        plain(connection, Statement.ROLLBACK).transform(over -> Future.failedFuture(failure)))
                .compose(after -> after.pending().isEmpty() ? Future.succeededFuture(after) : step(connection));
    }

    private Future<Status> run(PgConnection connection, int number) {
        String name = names.get(number - 1);
        return connection
                .query(SqlResource.text(Migrations.class, name + ".sql"))
                .execute()
                .compose(
                        done -> connection.preparedQuery(Statement.RECORD.sql()).execute(Tuple.of(number, name)))
                .map(recorded -> status(number));
    }

    private Future<Integer> applied(PgConnection connection) {
        return is(connection)
                .compose(isThere -> isThere
                        ? plain(connection, Statement.APPLIED)
                                .map(rows -> rows.iterator().next().getInteger(0))
                        : Future.succeededFuture(0));
    }

    private static Future<Boolean> is(PgConnection connection) {
        return plain(connection, Statement.IS_THERE)
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    private static Future<RowSet<Row>> plain(PgConnection connection, Statement call) {
        return connection.query(call.sql()).execute();
    }

    private Status status(int applied) {
        return new Status(applied, names.size(), names.subList(Math.min(applied, names.size()), names.size()));
    }

    private Future<Status> checked(Status status) {
        return status.isNewer()
                ? Future.failedFuture(new MusterException(
                        ErrorType.CONFLICT,
                        where() + " is of step " + status.applied() + ", and this Muster knows " + status.known()
                                + ": it was made by a newer one; start that version, or use another database"))
                : Future.succeededFuture(status);
    }

    private String where() {
        return "the schema muster at " + source.address() + " (source "
                + source.common().name() + ")";
    }

    /** Connection options with the statement timeout of migrations, {@link #MOST}, in place of the source's own. */
    private PgConnectOptions quiet() {
        var quiet = new PgConnectOptions(source.connect())
                .addProperty("client_min_messages", "warning")
                .addProperty("statement_timeout", Long.toString(MOST.toMillis()));
        return source.start().options(quiet, MOST);
    }

    private <T> Future<T> connected(Function<PgConnection, Future<T>> work) {
        return connection()
                .recover(failure -> Future.failedFuture(
                        errors.connecting(failure, source.common().connectTimeout())))
                .compose(connection -> {
                    Timer silence = loop.schedule(MOST, () -> StorePool.cut(connection));
                    return alone(connection)
                            .compose(sure -> work.apply(connection))
                            .recover(failure -> Future.failedFuture(
                                    failure instanceof MusterException ? failure : errors.running(failure, List.of())))
                            .eventually(() -> {
                                StorePool.onLoop(loop, silence::cancel);
                                return connection.close();
                            });
                });
    }

    /** Fails if a pooler shares sessions: notifications and session state need a session of their own. */
    private Future<Void> alone(PgConnection connection) {
        return Pooler.before(connection, this::other)
                .compose(kind -> kind == Pooler.Kind.OF_STATEMENTS
                        ? Future.failedFuture(errors.pooler())
                        : Future.succeededFuture());
    }

    /** A second connection, for the check of a pooler. It is cut if it is still open after the connect timeout. */
    private Future<PgConnection> other() {
        return connection()
                .onSuccess(opened -> StorePool.onLoop(loop, () -> {
                    Timer late = loop.schedule(source.common().connectTimeout(), () -> StorePool.cut(opened));
                    opened.closeHandler(closed -> StorePool.onLoop(loop, late::cancel));
                }));
    }

    /** A new connection, within the connect timeout: a server that accepts the socket and then stays silent holds up no caller. */
    private Future<PgConnection> connection() {
        Promise<PgConnection> answer = Promise.promise();
        loop.execute(() -> {
            Timer late = loop.schedule(
                    source.common().connectTimeout(), () -> answer.tryFail(new IOException("no response")));
            source.start()
                    .login(() -> PgConnection.connect(vertx, quiet()))
                    .onSuccess(PgSocket::watch)
                    .onComplete((opened, failure) -> StorePool.onLoop(loop, () -> {
                        late.cancel();
                        if (failure != null) {
                            answer.tryFail(failure);
                        } else if (!answer.tryComplete(opened)) {
                            opened.close();
                        }
                    }));
        });
        return answer.future();
    }
}
