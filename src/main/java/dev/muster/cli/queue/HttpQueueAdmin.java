package dev.muster.cli.queue;

import dev.muster.config.Durations;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.JobState;
import dev.muster.queue.NewJob;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues of a running node, through its HTTP API. Safe on any thread. */
final class HttpQueueAdmin implements QueueAdmin {

    /** The time-out of a response, in addition to the time that the node is asked to wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NodeCalls node;

    /** Creates the access to a node. Does not connect yet. */
    HttpQueueAdmin(Vertx vertx, NodeAddress address, NodeCalls.Key key) {
        this.node = new NodeCalls(vertx, address, key, PATIENCE);
    }

    @Override
    public String name() {
        return node.node().toString();
    }

    @Override
    public Future<List<Map<String, @Nullable Object>>> queues() {
        return node.call(HttpMethod.GET, "/v1/queues").map(value -> list(value, "queues"));
    }

    @Override
    public Future<Map<String, @Nullable Object>> queue(String queue) {
        return node.call(HttpMethod.GET, path(queue)).map(HttpQueueAdmin::map);
    }

    @Override
    public Future<List<PutOutcome>> put(String queue, List<NewJob> jobs, Duration wait) {
        Buffer lines = Buffer.buffer();
        jobs.forEach(job -> lines.appendString(line(job)));
        return node.call(HttpMethod.POST, path(queue) + "/jobs" + wait("?", wait), NodeCalls.Body.lines(lines), wait)
                .future()
                .map(value -> outcomes(value, jobs.size()));
    }

    @Override
    public PendingRequest<List<Map<String, @Nullable Object>>> take(String queue, int max, Duration wait) {
        PendingRequest<@Nullable Object> request = node.call(
                HttpMethod.POST, path(queue) + "/take?max=" + max + wait("&", wait), NodeCalls.Body.NONE, wait);
        return new PendingRequest<>(request.future().map(value -> list(value, "jobs")), request.giveUp());
    }

    @Override
    public Future<@Nullable Void> ack(String queue, String id, String lease) {
        return settle(queue, id, "ack", lease);
    }

    @Override
    public Future<@Nullable Void> release(String queue, String id, String lease) {
        return settle(queue, id, "release", lease);
    }

    @Override
    public Future<Map<String, @Nullable Object>> job(String queue, String id) {
        return node.call(HttpMethod.GET, path(queue, id)).map(HttpQueueAdmin::map);
    }

    @Override
    public Future<List<Map<String, @Nullable Object>>> jobs(
            String queue, JobState state, @Nullable String after, int limit) {
        String page = "?state=" + state.word() + "&limit=" + limit + (after == null ? "" : "&after=" + encoded(after));
        return node.call(HttpMethod.GET, path(queue) + "/jobs" + page).map(value -> list(value, "jobs"));
    }

    @Override
    public Future<Long> redrive(String queue, int max) {
        return node.call(HttpMethod.POST, path(queue) + "/redrive?max=" + max)
                .map(value -> map(value).get("redriven") instanceof Long count ? count : 0L);
    }

    @Override
    public Future<@Nullable Void> redrive(String queue, String id) {
        return node.call(HttpMethod.POST, path(queue, id) + "/redrive").mapEmpty();
    }

    @Override
    public Future<@Nullable Void> cancel(String queue, String id) {
        return node.call(HttpMethod.DELETE, path(queue, id)).mapEmpty();
    }

    @Override
    public Future<Map<String, @Nullable Object>> change(String queue, Switch change) {
        return node.call(HttpMethod.POST, path(queue) + "/" + change.word()).map(HttpQueueAdmin::map);
    }

    @Override
    public Future<@Nullable Void> close() {
        return node.close();
    }

    private Future<@Nullable Void> settle(String queue, String id, String how, String lease) {
        return node.call(
                        HttpMethod.POST,
                        path(queue, id) + "/" + how,
                        NodeCalls.Body.json(Map.of("lease", lease)),
                        Duration.ZERO)
                .future()
                .mapEmpty();
    }

    /** A job on one line; its body is already JSON without line ends. */
    private static String line(NewJob job) {
        var line =
                new StringBuilder(job.body().length() + 32).append("{\"body\":").append(job.body());
        if (job.key() != null) {
            line.append(",\"key\":").append(Json.write(job.key()));
        }
        if (job.unique() != null) {
            line.append(",\"unique\":").append(Json.write(job.unique()));
        }
        if (!job.delay().isZero()) {
            line.append(",\"delay\":\"").append(Durations.format(job.delay())).append('"');
        }
        if (job.priority() != 0) {
            line.append(",\"priority\":").append(job.priority());
        }
        return line.append("}\n").toString();
    }

    private static List<PutOutcome> outcomes(@Nullable Object value, int count) {
        List<PutOutcome> outcomes = new ArrayList<>(count);
        for (Map<String, @Nullable Object> job : list(value, "jobs")) {
            outcomes.add(
                    job.get("error") instanceof Map<?, ?> error
                            ? new PutOutcome(null, false, NodeCalls.error(error))
                            : new PutOutcome(
                                    String.valueOf(job.get("id")), Boolean.TRUE.equals(job.get("existing")), null));
        }
        if (outcomes.size() != count) {
            throw wrong();
        }
        return outcomes;
    }

    @SuppressWarnings("unchecked") // JSON keys are strings
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw wrong();
    }

    private static List<Map<String, @Nullable Object>> list(@Nullable Object value, String word) {
        if (map(value).get(word) instanceof List<?> list) {
            return list.stream().map(HttpQueueAdmin::map).toList();
        }
        throw wrong();
    }

    private static MusterException wrong() {
        return new MusterException(
                ErrorType.BAD_RESPONSE, "the response is not from a node of this version of Muster; see --url");
    }

    private static String path(String queue) {
        return "/v1/queues/" + encoded(queue);
    }

    private static String path(String queue, String id) {
        return path(queue) + "/jobs/" + encoded(id);
    }

    private static String wait(String before, Duration wait) {
        return wait.isZero() ? "" : before + "wait=" + Durations.format(wait);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
