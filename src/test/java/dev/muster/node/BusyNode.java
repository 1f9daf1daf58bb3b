package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node in a process of its own whose source {@code db} is kept busy in every way there is, until it is killed. */
final class BusyNode implements AutoCloseable {

    /** How many statements the plan {@code hard} has at the server. */
    static final int STATEMENTS = 5;

    private final NodeProcess process;

    private BusyNode(NodeProcess process) {
        this.process = process;
    }

    /**
     * On Postgres. The table {@code witness} has to be there.
     *
     * @param limit the time that its run has, as plans write it
     */
    static BusyNode postgres(Path conf, String address, String limit) throws Exception {
        return start(conf, "postgres", address, postgresPlan(limit));
    }

    /** On MySQL or MariaDB, whose statements have this name as a comment. */
    static BusyNode mysql(Path conf, String address, String name, String limit) throws Exception {
        return start(conf, "mysql", address, mysqlPlan(name, limit));
    }

    private static BusyNode start(Path conf, String kind, String address, String plan) throws Exception {
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(
                conf.resolve("muster.yaml"),
                "server: {port: 0, workers: 1}\nsources: {db: {" + kind + ": '" + address + "', pool: 8}}\n");
        Files.writeString(conf.resolve("plans/hard.yaml"), plan);
        var warm = new StringBuilder("plan: warm\nsteps:\n");
        for (int i = 0; i < STATEMENTS; i++) {
            String sleep = kind.equals("postgres") ? "pg_sleep" : "sleep";
            warm.append("  w%d: {%s: db, sql: 'select %s(0.2) as s', rows: none}\n".formatted(i, kind, sleep));
        }
        Files.writeString(conf.resolve("plans/warm.yaml"), warm);
        return new BusyNode(NodeProcess.start(conf, List.of()));
    }

    /** Something that sleeps, something that computes, a cursor in a fetch, a write that waits for a lock, a transaction. */
    static String postgresPlan(String limit) {
        return """
                plan: hard
                timeout: %s
                steps:
                  sleeps: {postgres: db, sql: 'select pg_sleep(300)'}
                  computes: {postgres: db, sql: 'select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b'}
                  rows: {postgres: db, sql: 'select a, pg_sleep(0.1)::text as s from generate_series(1, 100000) a', rows: stream}
                  taken: {each: = rows, as: row, do: {set: = row.a}}
                  writes: {postgres: db, sql: 'update witness set n = n + 1 where id = 1', rows: none}
                  transacts:
                    transaction: db
                    steps:
                      - {postgres: db, sql: 'insert into witness (id, n) values (2, 2)', rows: none}
                      - {postgres: db, sql: 'select pg_sleep(300)'}
                output: = taken
                """.formatted(limit);
    }

    /** Whether Postgres has all of the plan's statements running, by the lines of its list. */
    static boolean isBusy(List<String> list) {
        return list.stream().filter(line -> line.startsWith("active")).count() == STATEMENTS;
    }

    private static String mysqlPlan(String name, String limit) {
        return """
                plan: hard
                timeout: %2$s
                steps:
                  sleeps: {mysql: db, sql: 'select /* %1$s */ sleep(300) as s'}
                  computes: {mysql: db, sql: 'select /* %1$s */ count(*) as c from seq_1_to_1000000 a, seq_1_to_1000000 b where a.seq + b.seq = 3'}
                  rows: {mysql: db, sql: 'select /* %1$s */ seq, sleep(0.1) as s from seq_1_to_100000', rows: stream}
                  taken: {each: = rows, as: row, do: {set: = row.seq}}
                  writes: {mysql: db, sql: 'update /* %1$s */ witness set n = n + 1 where id = 1', rows: none}
                  transacts:
                    transaction: db
                    steps:
                      - {mysql: db, sql: 'insert /* %1$s */ into witness (id, n) values (2, 2)', rows: none}
                      - {mysql: db, sql: 'select /* %1$s */ sleep(300) as s'}
                output: = taken
                """.formatted(name, limit);
    }

    /** Has all its connections made. */
    void warmUp() throws Exception {
        HttpResponse<String> answer = ServeRig.CLIENT.send(run("warm"), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** Runs the plan {@code hard}; what comes fails when the node is killed. */
    CompletableFuture<HttpResponse<String>> begin() {
        return ServeRig.CLIENT.sendAsync(run("hard"), BodyHandlers.ofString());
    }

    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    private HttpRequest run(String plan) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + "/v1/plans/" + plan + "/runs"))
                .POST(BodyPublishers.ofString("{}"))
                .build();
    }
}
