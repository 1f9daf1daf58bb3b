package dev.muster.app;

import dev.muster.json.Json;
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

    final ServeRig node;

    QueueRig(Path conf, String config) throws Exception {
        node = new ServeRig(conf).config(config).start();
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
        Called called = Called.with(in, new Stop(), out, Edition.PRODUCTION, env, line(url(), words));
        return new Called(called.code(), out.toString(StandardCharsets.UTF_8), called.err());
    }

    Called call(InputStream in, Stop stop, OutputStream out, String... words) {
        return Called.with(in, stop, out, Edition.PRODUCTION, Map.of(), line(url(), words));
    }

    static String[] line(String url, String... words) {
        return Stream.of(Stream.of("queue"), Stream.of(words), Stream.of("--url", url))
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
