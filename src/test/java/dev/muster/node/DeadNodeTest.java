package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.postgres.StartsSeen;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Postgres does with the statements of a node that is killed as {@code kill -9} does it: a real process. */
@Timeout(120)
class DeadNodeTest {
    // By what they wait for, since a look at the database's readiness is a short statement of the node, too.
    private static final String BUSY = "select count(*) from pg_stat_activity where datname = current_database()"
            + " and application_name like 'muster%' and (wait_event = 'PgSleep' or wait_event_type = 'Lock')";

    @TempDir
    Path conf;

    private final String database = TestServers.postgres().freshDatabase();
    private Vertx vertx;
    private PgConnection beside;

    @BeforeEach
    void open() throws Exception {
        vertx = Vertx.vertx();
        beside = soon(PgConnection.connect(vertx, database));
        number("create table account as select 1 as id");
    }

    private void busyPlans() throws Exception {
        plan("reads", "steps: {s: {postgres: db, sql: select pg_sleep(300)}}");
        plan("waits", "steps: {s: {postgres: db, sql: update account set id = 2}}");
        plan("flows", """
                steps:
                  rows: {postgres: db, sql: 'select pg_sleep(n * 300) from generate_series(0, 1) as n', rows: stream}
                  s: {each: = rows, as: row, do: {set: = row}}
                output: = s""");
        plan("in-transaction", "steps: {t: {transaction: db, steps: [{postgres: db, sql: select pg_sleep(300)}]}}");
    }

    @AfterEach
    void close() {
        soon(beside.close());
        soon(vertx.close());
    }

    private void plan(String name, String rest) throws Exception {
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(conf.resolve("plans/" + name + ".yaml"), "plan: " + name + "\ntimeout: 10m\n" + rest + "\n");
    }

    private void source(String words) throws Exception {
        Files.writeString(
                conf.resolve("muster.yaml"),
                "server: {port: 0, workers: 1}\nsources: {db: {postgres: '" + database + "'" + words + "}}\n");
    }

    private long number(String sql, Object... parameters) {
        var rows = soon(beside.preparedQuery(sql).execute(Tuple.tuple(List.of(parameters))));
        return rows.size() == 0 ? 0 : rows.iterator().next().getLong(0);
    }

    /** Waits on the server, for so long at most, until so many sessions of the node are at work. */
    private void await(long busy, Duration most) {
        soon(beside.query(
                        "do $$ declare until timestamptz := clock_timestamp() + interval '" + most.toMillis()
                                + " ms'; begin while (" + BUSY + ") <> " + busy
                                + " and clock_timestamp() < until loop perform pg_sleep(0.02), pg_stat_clear_snapshot(); end loop; end $$")
                .execute());
        assertThat(number(BUSY)).as("sessions at work").isEqualTo(busy);
    }

    private static void start(NodeProcess node, String plan) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.port() + "/v1/plans/" + plan + "/runs?detach=true"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void statementsOfANodeThatIsKilled_areEndedByTheServer() throws Exception {
        source("");
        busyPlans();
        soon(beside.query("begin").execute());
        soon(beside.query("lock table account").execute());
        try (var node = NodeProcess.start(conf, List.of())) {
            for (String plan : List.of("reads", "waits", "flows", "in-transaction")) {
                start(node, plan);
            }
            await(4, Duration.ofSeconds(30));

            node.kill();

            long killed = System.nanoTime();
            // The issue is seconds; without being told, the server would go on for five minutes.
            await(0, Duration.ofSeconds(20));
            System.out.printf(
                    "the server has ended 4 statements of a killed node after %d ms%n",
                    Duration.ofNanos(System.nanoTime() - killed).toMillis());
        }
        soon(beside.query("rollback").execute());
        assertThat(number("select id from account"))
                .as("what waited for a lock has not got it")
                .isEqualTo(1);
    }

    @Test
    void statementThatTheServerIsNotToldOf_goesOn() throws Exception {
        source(", clientCheck: 0");
        busyPlans();
        try (var node = NodeProcess.start(conf, List.of())) {
            start(node, "reads");
            await(1, Duration.ofSeconds(30));

            node.kill();

            soon(beside.query("select pg_sleep(3)").execute());
            assertThat(number(BUSY))
                    .as("the one that is the reason for all this")
                    .isOne();
            number("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()"
                    + " and pid <> pg_backend_pid()");
        }
    }

    @Test
    void whatAPoolerRefuses_isSaidOnce() throws Exception {
        try (var way = new StartsSeen(database)) {
            way.refuse("client_connection_check_interval", "tcp_user_timeout");
            Files.writeString(
                    conf.resolve("muster.yaml"),
                    "server: {port: 0, workers: 2}\nsources: {db: {postgres: '" + way.address() + "'}}\n"
                            + "queues: {jobs: {store: db}}\n");
            plan(
                    "many",
                    "steps: {s: {each: '= lists.range(16)', as: n, do: {postgres: db, sql: select pg_sleep(0.1)}}}");
            try (var node = NodeProcess.start(conf, List.of())) {
                for (int i = 0; i < 3; i++) {
                    start(node, "many");
                }
                way.awaitStarts(12);
                for (String name : List.of("client_connection_check_interval", "tcp_user_timeout")) {
                    assertThat(node.said().lines().filter(line -> line.contains("rejects " + name + " at the login")))
                            .as("of steps and queues alike: %s", node.said())
                            .hasSize(1);
                }
            }
        }
    }

    @Test
    void statementTimeout_isTheLongestTimeOfARun() throws Exception {
        try (var rig = new ServeRig(conf)
                .config("server: {port: 0}\nsources: {db: {postgres: '" + database + "'}}\n")
                .plan("long", "timeout: 10m\nsteps: {s: {set: 1}}")
                .plan("shows", "steps: {s: {postgres: db, sql: show statement_timeout, rows: value}}\noutput: = s")
                .start()) {
            assertThat(rig.post("/v1/plans/shows/runs", "{}").body())
                    .as("a saved plan may take ten minutes")
                    .isEqualTo("\"10min\"");
        }
    }

    @Test
    void statementTimeout_isRunTimeWhereNoPlanTakesLonger() throws Exception {
        for (Map.Entry<String, String> one : Map.of(
                        "server: {port: 0}", "\"30s\"", "server: {port: 0, limits: {runTime: 2m}}", "\"2min\"")
                .entrySet()) {
            Path dir = Files.createDirectories(
                    conf.resolve("other" + one.getValue().length()));
            try (var rig = new ServeRig(dir)
                    .config(one.getKey() + "\nsources: {db: {postgres: '" + database + "'}}\n")
                    .plan(
                            "shows",
                            "timeout: 9s\nsteps: {s: {postgres: db, sql: show statement_timeout, rows: value}}\noutput: = s")
                    .start()) {
                assertThat(rig.post("/v1/plans/shows/runs", "{}").body()).isEqualTo(one.getValue());
            }
        }
    }

    @Test
    void statementTimeout_leavesRoomForPlansThatCallersBring() throws Exception {
        try (var rig = new ServeRig(conf)
                .config("server: {port: 0}\nsources: {db: {postgres: '" + database + "', adhoc: true}}\n")
                .start()) {
            String plan =
                    "{\"plan\": \"a\", \"steps\": {\"s\": {\"postgres\": \"db\", \"sql\": \"show statement_timeout\","
                            + " \"rows\": \"value\"}}, \"output\": \"= s\"}";
            assertThat(rig.post("/v1/runs", "{\"plan\": " + plan + "}").body()).isEqualTo("\"15min\"");
        }
    }
}
