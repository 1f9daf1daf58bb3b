package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** What a database server says that it is running, asked beside those who run it. Blocks. */
final class ServerList implements AutoCloseable {
    private static final String OF_POSTGRES = "select concat_ws(' ', state, pid, query) from pg_stat_activity"
            + " where datname = current_database() and application_name = $1";
    private static final String OF_MYSQL =
            "select concat_ws(' ', command, id, info) from information_schema.processlist"
                    + " where db = database() and info like concat('%/* ', ?, ' */%') and id <> connection_id()";

    private static final String OTHERS_OF_POSTGRES =
            "select 'select pg_terminate_backend(' || pid || ')' from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid() and application_name <> ''";
    private static final String OTHERS_OF_MYSQL = "select concat('kill ', id) from information_schema.processlist"
            + " where db = database() and info is not null and id <> connection_id()";

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;
    private final String list;
    private final String others;
    private final String pause;

    private ServerList(boolean isPostgres, String address) {
        var options = new PoolOptions().setMaxSize(3);
        this.pool = isPostgres
                ? PgBuilder.pool()
                        .with(options)
                        .connectingTo(address)
                        .using(vertx)
                        .build()
                : MySQLBuilder.pool()
                        .with(options)
                        .connectingTo(address)
                        .using(vertx)
                        .build();
        this.list = isPostgres ? OF_POSTGRES : OF_MYSQL;
        this.others = isPostgres ? OTHERS_OF_POSTGRES : OTHERS_OF_MYSQL;
        this.pause = isPostgres ? "select pg_sleep(0.01)" : "select sleep(0.01)";
    }

    /** That of Postgres: all connections to this database of those who call themselves by a name. */
    static ServerList postgres(String address) {
        return new ServerList(true, address);
    }

    /** That of MySQL or MariaDB: the statements in this database in which a name stands as a comment. */
    static ServerList mysql(String address) {
        return new ServerList(false, address);
    }

    /** What runs of this name. */
    List<String> of(String name) {
        return strings(list, name);
    }

    /** Waits until what runs of this name is as it should be; the server does the waiting. */
    void await(String name, Predicate<List<String>> condition, Duration most) {
        long until = System.nanoTime() + most.toNanos();
        for (List<String> now = of(name); !condition.test(now); now = of(name)) {
            assertThat(System.nanoTime() - until)
                    .as("nanoseconds beyond %s; the server's list has still %s of %s", most, now, name)
                    .isNegative();
            sql(pause);
        }
    }

    /** Waits until nothing of this name runs any more; the milliseconds that it took. */
    long millisUntilEmpty(String name, Duration most) {
        long from = System.nanoTime();
        await(name, List::isEmpty, most);
        return Duration.ofNanos(System.nanoTime() - from).toMillis();
    }

    void sql(String text) {
        soon(pool.query(text).execute());
    }

    long number(String text) {
        return soon(pool.query(text).execute()).iterator().next().getLong(0);
    }

    /** A transaction that has said this and stays open until it is closed. */
    AutoCloseable holding(String text) {
        SqlConnection connection = soon(pool.getConnection());
        soon(connection.query("begin").execute());
        soon(connection.query(text).execute());
        return () -> {
            soon(connection.query("rollback").execute());
            soon(connection.close());
        };
    }

    /** Ends what is left in this database, so that a failed test does not slow down all that follow. */
    @Override
    public void close() {
        for (Row left : soon(pool.query(others).execute())) {
            pool.query(left.getString(0)).execute();
        }
        soon(pool.close());
        soon(vertx.close());
    }

    private List<String> strings(String text, String parameter) {
        return StreamSupport.stream(
                        soon(pool.preparedQuery(text).execute(Tuple.of(parameter)))
                                .spliterator(),
                        false)
                .map((Row row) -> row.getString(0))
                .toList();
    }

    /** Times as people want to know them: the usual one and the longest. */
    static String figures(List<Long> millis) {
        var sorted = new ArrayList<>(millis);
        sorted.sort(null);
        return "%d ms in the median, %d ms at most"
                .formatted(sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
    }
}
