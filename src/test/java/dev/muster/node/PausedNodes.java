package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.muster.json.Json;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two nodes in processes of their own on one database, whose plan waits at a gate of the test before it writes. What is written is
 * fenced in two ways: by a column, and by whether the lease is still valid. The database notes each try to write.
 */
final class PausedNodes implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();
    private final Pool sql;
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer gate = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();

    /** A run that waits at the gate. */
    record Waiter(int node, long n, HttpExchange exchange) {}

    PausedNodes(Path dir, String database) throws Exception {
        sql = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(database)
                .using(vertx)
                .build();
        rows("create table by_column (n bigint primary key, fence bigint not null default 0)");
        rows("create table by_lease (n bigint primary key, fence bigint not null default 0)");
        rows(
                "create table tried (number bigint generated always as identity, n bigint, fence bigint, by_column boolean,"
                        + " by_lease boolean)");
        rows("""
                create function save(job bigint, product bigint, token bigint) returns bigint language plpgsql as $$
                declare
                    in_column boolean;
                    in_lease boolean;
                begin
                    update by_column set fence = token where n = product and fence <= token;
                    in_column := found;
                    update by_lease set fence = token where n = product and muster.holds(job, token);
                    in_lease := found;
                    insert into tried (n, fence, by_column, by_lease) values (product, token, in_column, in_lease);
                    return token;
                end $$""");
        gate.createContext("/gate", this::arrive);
        gate.start();
        for (int node = 0; node < 2; node++) {
            nodes.add(NodeProcess.start(configuration(dir.resolve("node" + node), node, database), List.of()));
        }
    }

    private Path configuration(Path conf, int node, String database) throws IOException {
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(conf.resolve("muster.yaml"), """
                server: {port: 0, workers: 1, drain: 1s}
                sources:
                  db: {postgres: '%s', pool: 4}
                  gate: {http: 'http://127.0.0.1:%d'}
                queues:
                  planned: {store: db, lease: 1s, retries: 1000, backoff: 10ms..50ms}
                  by-hand: {store: db, lease: 1s, retries: 1000, backoff: 10ms..50ms}
                """.formatted(
                        database, gate.getAddress().getPort()));
        Files.writeString(conf.resolve("plans/save.yaml"), """
                plan: save
                trigger: {queue: planned, consumers: 1}
                input: {n: integer}
                timeout: 5m
                steps:
                  gate: {http: gate, get: /gate, query: {node: %d, n: = input.n}, timeout: 4m}
                  saved:
                    postgres: db
                    sql: select save($1, $2, $3)
                    params: [= caller.claims.job, = input.n, = caller.claims.fence]
                    rows: value
                    after: [gate]
                output: {fence: = saved}
                """.formatted(node));
        return conf;
    }

    private void arrive(HttpExchange exchange) {
        String[] words = exchange.getRequestURI().getQuery().split("[=&]");
        synchronized (waiters) {
            waiters.add(new Waiter(Integer.parseInt(words[1]), Long.parseLong(words[3]), exchange));
            waiters.notifyAll();
        }
    }

    /** Waits until a run of a job stands at the gate; of any node but the one, or of any for -1. */
    Waiter awaitWaiter(long n, int butNode) throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        synchronized (waiters) {
            while (true) {
                for (Waiter one : waiters) {
                    if (one.n() == n && one.node() != butNode) {
                        return one;
                    }
                }
                long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
                assertThat(leftMillis).as("a run of job %s at the gate", n).isPositive();
                waiters.wait(leftMillis);
            }
        }
    }

    /** Lets the runs of a node that wait at the gate go on. */
    void letPass(int node) throws IOException {
        synchronized (waiters) {
            for (Waiter one : List.copyOf(waiters)) {
                if (one.node() == node) {
                    waiters.remove(one);
                    one.exchange().sendResponseHeaders(204, -1);
                    one.exchange().close();
                }
            }
        }
    }

    void newProduct(long n) throws InterruptedException {
        rows("insert into by_column (n) values ($1)", n);
        rows("insert into by_lease (n) values ($1)", n);
    }

    void pause(int node) throws Exception {
        nodes.get(node).signal("STOP");
    }

    void goOn(int node) throws Exception {
        nodes.get(node).signal("CONT");
    }

    HttpResponse<String> post(int node, String path, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + nodes.get(node).port() + "/v1/queues/" + path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .timeout(PATIENCE)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** The job that a take of a node got; waits for it. */
    Map<?, ?> take(int node, String queue) throws Exception {
        HttpResponse<String> answer = post(node, queue + "/take?wait=60s", "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        List<?> jobs = (List<?>) ((Map<?, ?>) Json.parse(answer.body())).get("jobs");
        assertThat(jobs).hasSize(1);
        return (Map<?, ?>) jobs.get(0);
    }

    List<Row> rows(String text, Object... parameters) throws InterruptedException {
        var rows = new ArrayList<Row>();
        Waiting.got(sql.preparedQuery(text).execute(Tuple.tuple(List.of(parameters))))
                .forEach(rows::add);
        return rows;
    }

    /** Waits until it is true. The database does the waiting. */
    void awaitTrue(String condition, Object... parameters) throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!rows("select (" + condition + ") from pg_sleep(0.02)", parameters)
                .get(0)
                .getBoolean(0)) {
            assertThat(System.nanoTime())
                    .as(
                            "%s within %s; a node said %s",
                            condition, PATIENCE, nodes.get(0).said())
                    .isLessThan(endNanos);
        }
    }

    @Override
    public void close() throws Exception {
        nodes.forEach(NodeProcess::close);
        gate.stop(0);
        Waiting.got(sql.close());
        Waiting.got(vertx.close());
    }
}
