package dev.muster.cli.queue;

import dev.muster.Edition;
import dev.muster.Soon;
import dev.muster.TestServers;
import dev.muster.cli.Called;
import dev.muster.cli.Sessions;
import dev.muster.cli.Stop;
import dev.muster.json.Json;
import dev.muster.node.ServeRig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A node with queues, and calls of {@code muster queue} that are about them. */
final class QueueRig implements AutoCloseable {

    /** How the calls reach the queues. */
    enum Way {
        /** Over HTTP, at the node, which has them in memory. */
        NODE,
        /** Straight in the database where the node has them too. */
        STORE
    }

    final ServeRig node;
    private final Way way;
    private final String database;

    QueueRig(Path conf, String config) throws Exception {
        this(conf, Way.NODE, config);
    }

    /** One whose queues say {@code store: memory}, which becomes a database where that is the way. */
    QueueRig(Path conf, Way way, String config) throws Exception {
        this.way = way;
        this.database = way == Way.STORE ? TestServers.postgres().freshDatabase() : "";
        node = new ServeRig(conf)
                .config(
                        way == Way.NODE
                                ? config
                                : "sources: {db: {postgres: '" + database + "'}}\n"
                                        + config.replace("store: memory", "store: db"))
                .start();
        Soon.until("the node's readiness", () -> node.get("/health/ready").statusCode() == 200);
    }

    String url() {
        return "http://127.0.0.1:" + node.port();
    }

    Called call(String... words) {
        return call("", Map.of(), words);
    }

    Called call(String stdin, Map<String, String> env, String... words) {
        var out = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8));
        Called called = Called.with(in, new Stop(), out, Edition.PRODUCTION, env, reaching(words));
        return new Called(called.code(), out.toString(StandardCharsets.UTF_8), called.err());
    }

    Called call(InputStream in, Stop stop, OutputStream out, String... words) {
        return Called.with(in, stop, out, Edition.PRODUCTION, Map.of(), reaching(words));
    }

    /** The words of a command that reaches the queues. */
    String[] reaching(String... words) {
        return way == Way.NODE ? line(url(), words) : at("--conf", node.conf.toString(), words);
    }

    static String[] line(String url, String... words) {
        return at("--url", url, words);
    }

    private static String[] at(String option, String where, String... words) {
        return Stream.of(Stream.of("queue"), Stream.of(words), Stream.of(option, where))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }

    /** The lines of an output, as values. */
    static List<Map<?, ?>> values(String out) {
        var values = new ArrayList<Map<?, ?>>();
        out.lines().forEach(line -> values.add((Map<?, ?>) Json.parse(line)));
        return values;
    }

    static List<String> bodies(List<Map<?, ?>> jobs) {
        return jobs.stream().map(job -> Json.write(job.get("body"))).toList();
    }

    Map<?, ?> status(String queue) throws Exception {
        return (Map<?, ?>) Json.parse(node.get("/v1/queues/" + queue).body());
    }

    /** How many jobs a queue knows, whatever became of them. */
    long jobs(String queue) throws Exception {
        Map<?, ?> status = status(queue);
        return Stream.of("scheduled", "ready", "leased", "done", "dead", "cancelled")
                .mapToLong(state -> (Long) status.get(state))
                .sum();
    }

    /** Waits until a command waits for jobs. */
    void awaitTake(String queue) {
        if (way == Way.NODE) {
            Soon.until("a waiting take", () -> node.queue(queue).waitingTakes() != 0);
        } else {
            Sessions.await(database, "query like '%muster.take%' and state = 'idle'", count -> count > 0);
        }
    }

    /** Takes a job and gives it up. */
    void bury(String queue) throws Exception {
        Map<?, ?> job = take(queue, 1).get(0);
        node.post(
                "/v1/queues/" + queue + "/jobs/" + job.get("id") + "/fail",
                "{\"lease\": \"" + job.get("lease")
                        + "\", \"giveUp\": true, \"error\": {\"type\": \"failed\", \"detail\": \"no luck\"}}");
    }

    @SuppressWarnings("unchecked")
    List<Map<?, ?>> take(String queue, int max) throws Exception {
        String answer =
                node.post("/v1/queues/" + queue + "/take?max=" + max, "").body();
        return (List<Map<?, ?>>) ((Map<?, ?>) Json.parse(answer)).get("jobs");
    }

    @Override
    public void close() {
        node.close();
    }
}
