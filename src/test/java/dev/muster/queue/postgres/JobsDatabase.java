package dev.muster.queue.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Yaml;
import dev.muster.connect.Rig;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.loop.Loop;
import dev.muster.queue.JobStore;
import dev.muster.queue.QueueSettings;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A new database for jobs, nodes that use it, and a connection beside them. */
final class JobsDatabase implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    final Vertx vertx = Vertx.vertx();
    final String address = TestServers.postgres().freshDatabase();
    final PostgresSettings settings = settings(address);
    private final PgConnection beside = Rig.await(PgConnection.connect(vertx, settings.connect()));
    private final List<PostgresStores> nodes = new ArrayList<>();
    private Duration offset = Duration.ZERO;
    private boolean isStopped;

    static PostgresSettings settings(String address, String... more) {
        var problems = new Problems();
        String text = "postgres: '" + address + "'\n" + String.join("\n", more);
        var words = (Mapping) Yaml.read("muster.yaml", text.getBytes(StandardCharsets.UTF_8));
        var settings = PostgresSettings.read("db", new Fields(words, "source db", problems), Map.of());
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    /** A name that no other queue has. */
    static String name() {
        return "q" + NUMBERS.incrementAndGet();
    }

    static QueueSettings queue() {
        return QueueSettings.durable(name(), "db");
    }

    /** Another node. */
    PostgresStores node() {
        PostgresStores node = Rig.await(PostgresStores.open(vertx, settings));
        nodes.add(node);
        return node;
    }

    /** A node's store of a queue. */
    PostgresFixture open(PostgresStores node, QueueSettings queue, JobStore.Listener listener) {
        Loop loop = Loop.of(vertx);
        return new PostgresFixture(this, loop, Rig.await(node.store(loop, queue)), listener);
    }

    RowSet<Row> sql(String sql, Object... parameters) {
        return Rig.await(
                parameters.length == 0
                        ? beside.query(sql).execute()
                        : beside.preparedQuery(sql).execute(Tuple.tuple(List.of(parameters))));
    }

    long number(String sql, Object... parameters) {
        return ((Number) sql(sql, parameters).iterator().next().getValue(0)).longValue();
    }

    /** From now on time passes as {@link #advance} says and not otherwise, and pauses are the longest; a node is there already. */
    void stopClock() {
        sql("create table public.clock as select timestamptz '2026-01-05 10:00:00Z' as at");
        sql("create or replace function muster.now() returns timestamptz language sql volatile as"
                + " $$ select at from public.clock $$");
        sql(
                "create or replace function muster.pause(_queue muster.queue, _attempts integer) returns interval language sql as $$"
                        + " select least(_queue.backoff_max_micros::float8, _queue.backoff_min_micros::float8"
                        + " * power(2::float8, greatest(_attempts, 1) - 1)) * interval '1 microsecond' $$");
        isStopped = true;
    }

    /** Lets the database's clock go on. */
    void advance(Duration by) {
        if (isStopped) {
            sql("update public.clock set at = at + interval '" + by.toNanos() / 1_000 + " microseconds'");
            return;
        }
        offset = offset.plus(by);
        sql("create or replace function muster.now() returns timestamptz language sql volatile as "
                + "$$ select clock_timestamp() + interval '" + offset.toNanos() / 1_000 + " microseconds' $$");
    }

    /** Ends the connections of all nodes; how many. */
    long cutAll() {
        return number("select count(pg_terminate_backend(pid)) from pg_stat_activity "
                + "where datname = current_database() and application_name = 'muster queues'");
    }

    @Override
    public void close() {
        nodes.forEach(node -> Rig.await(node.close()));
        Rig.await(beside.close());
        Rig.await(vertx.close());
    }
}
