package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Nodes that work on one durable queue, and what their database has seen of it. Every try of a job leaves a row that says which
 * node made it; a trigger notes each lease and how it ended. The second node's clock is an hour ahead where that can be had.
 */
final class CrashingNodes implements AutoCloseable {
    static final int NODES = 2;

    private static final int CONSUMERS = 8;
    private static final int PREFETCH = 4;
    private static final Path FAKETIME = Path.of("/usr/bin/faketime");

    private final Path dir;
    private final String database;
    private final Vertx vertx = Vertx.vertx();
    private final Pool sql;
    private final AtomicReferenceArray<NodeProcess> nodes = new AtomicReferenceArray<>(NODES);
    private final int[] starts = new int[NODES];
    private final Set<String> killed = new LinkedHashSet<>();

    CrashingNodes(Path dir, String database) throws Exception {
        this.dir = dir;
        this.database = database;
        this.sql = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(database + "?application_name=beside")
                .using(vertx)
                .build();
        sql("create table witness (job text, attempt integer, node text, began timestamptz default clock_timestamp(),"
                + " ended timestamptz)");
        for (int node = 0; node < NODES; node++) {
            start(node);
        }
        audit();
    }

    /** The port of a node that lives, or that is just being killed. */
    int port() {
        return nodes.get(ThreadLocalRandom.current().nextInt(NODES)).port();
    }

    boolean hasOtherClock() {
        return Files.isExecutable(FAKETIME);
    }

    void killAndStart(int node) throws Exception {
        kill(node);
        startAgain(node);
    }

    void kill(int node) {
        nodes.get(node).kill();
        killed.add(name(node));
    }

    /** Starts one that was killed. */
    void startAgain(int node) throws Exception {
        start(node);
    }

    /** Ends all connections to the database but one's own. */
    void cutConnections() throws InterruptedException {
        sql("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name <> 'beside' and backend_type = 'client backend'");
    }

    /** Waits until no job is scheduled, ready or leased. The database does the waiting. */
    void awaitAllFinished() throws InterruptedException {
        while (number("select count(*) from muster.job j, pg_sleep(0.05)"
                        + " where state in ('scheduled', 'ready', 'leased')")
                > 0) {
            for (int node = 0; node < NODES; node++) {
                assertThat(nodes.get(node).isAlive()).as(nodes.get(node).said()).isTrue();
            }
        }
    }

    void assertDone(List<Long> confirmed) throws InterruptedException {
        assertThat(number("select count(*) from muster.job where state = 'done' and id = any ($1)", (Object)
                        confirmed.toArray(Long[]::new)))
                .as("confirmed jobs that are done")
                .isEqualTo(confirmed.size());
        assertThat(number("select count(*) from muster.job where state <> 'done'"))
                .as("jobs that are not")
                .isZero();
        assertThat(number("select count(*) from muster.job j where not exists"
                        + " (select from witness w where w.job = j.id::text and w.ended is not null)"))
                .as("jobs that are done and that nobody worked on")
                .isZero();
    }

    /** A lease ends by its holder's word, or when its time is over; each is higher than the one before. */
    void assertOneLeaseAtATime() throws InterruptedException {
        assertThat(number("select count(*) from lease_audit where ended and was > at"))
                .as("leases that were taken away before their time")
                .isZero();
        assertThat(number(
                        "select count(*) from (select fence <= lag(fence) over (partition by job order by number) as back"
                                + " from lease_audit where not ended) l where back"))
                .as("leases that are not higher than the one before")
                .isZero();
    }

    /** How many jobs were begun more than once: those that a killed node had, and those whose lease a busy one let run out. */
    int assertOnlyTheKilledTwice() throws InterruptedException {
        List<Row> rows =
                rows("select w.job, w.node, exists (select from lease_audit a where a.job = w.job::bigint and a.ended)"
                        + " from witness w where exists"
                        + " (select from witness later where later.job = w.job and later.attempt > w.attempt)");
        assertThat(rows)
                .allSatisfy(row -> assertThat(killed.contains(row.getString(1)) || row.getBoolean(2))
                        .as("job %s of %s ran again", row.getString(0), row.getString(1))
                        .isTrue());
        for (String node : killed) {
            assertThat(rows.stream()
                            .filter(row -> row.getString(1).equals(node))
                            .count())
                    .as("jobs of %s that ran again", node)
                    .isLessThanOrEqualTo(CONSUMERS + PREFETCH);
        }
        return rows.size();
    }

    @Override
    public void close() throws InterruptedException {
        for (int node = 0; node < NODES; node++) {
            if (nodes.get(node) != null) {
                nodes.get(node).close();
            }
        }
        Waiting.got(sql.close());
        Waiting.got(vertx.close());
    }

    private String name(int node) {
        return "node" + node + "." + starts[node];
    }

    private void start(int node) throws Exception {
        starts[node]++;
        Path conf = Files.createDirectories(dir.resolve("node" + node));
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(
                conf.resolve("muster.yaml"),
                "server: {port: 0, workers: 1, drain: 1s}\nsources: {db: {postgres: '" + database + "', pool: 8}}\n"
                        + "queues: {jobs: {store: db, lease: 4s, retries: 100, backoff: 50ms..500ms}}\n");
        Files.writeString(conf.resolve("plans/work.yaml"), """
                plan: work
                trigger: {queue: jobs, consumers: %d, prefetch: %d}
                input: {n: integer}
                steps:
                  began:
                    postgres: db
                    sql: insert into witness (job, attempt, node) values ($1, $2, $3)
                    params: [= caller.claims.job, = caller.claims.attempt, %s]
                  pause: {sleep: 5ms, after: [began]}
                  ended:
                    postgres: db
                    sql: update witness set ended = clock_timestamp() where job = $1 and attempt = $2
                    params: [= caller.claims.job, = caller.claims.attempt]
                    after: [pause]
                """.formatted(CONSUMERS, PREFETCH, name(node)));
        boolean isLate = node == 1 && hasOtherClock();
        List<String> clock = isLate ? List.of(FAKETIME.toString(), "-f", "+1h") : List.of();
        nodes.set(node, NodeProcess.start(conf, clock));
    }

    private void audit() throws InterruptedException {
        Soon.until(
                "the table of jobs",
                () -> number("select count(*) from pg_tables where schemaname = 'muster' and tablename = 'job'") != 0);
        sql(
                "create table lease_audit (number bigint generated always as identity, job bigint, fence bigint, was timestamptz,"
                        + " at timestamptz default clock_timestamp(), ended boolean)");
        sql("create index on witness (job)");
        sql("create function note_lease() returns trigger language plpgsql as $$ begin"
                + " if old.state = 'leased' and new.state <> 'leased' and new.state <> 'done' and new.attempt = old.attempt"
                + "    and new.settled is not distinct from old.settled then"
                + "   insert into lease_audit (job, fence, was, ended) values (old.id, old.fence, old.expires, true);"
                + " elsif new.state = 'leased' and new.lease is distinct from old.lease then"
                + "   insert into lease_audit (job, fence, was, ended) values (new.id, new.fence, new.expires, false);"
                + " end if; return null; end $$");
        sql("create trigger note_lease after update on muster.job for each row execute function note_lease()");
    }

    private void sql(String text) throws InterruptedException {
        Waiting.got(sql.query(text).execute());
    }

    private long number(String text, Object... parameters) throws InterruptedException {
        return rows(text, parameters).get(0).getLong(0);
    }

    private List<Row> rows(String text, Object... parameters) throws InterruptedException {
        var rows = new ArrayList<Row>();
        Waiting.got(sql.preparedQuery(text).execute(Tuple.tuple(List.of(parameters))))
                .forEach(rows::add);
        return rows;
    }
}
