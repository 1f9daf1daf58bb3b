package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.queue.JobQueue;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues over the event bus, by peers and over a bridge. */
@Timeout(120)
class QueuesBusTest {

    private static final String KEY = "Bearer a-key-of-the-shop-00";

    @TempDir
    Path conf;

    private BridgeRig bridge;

    @BeforeEach
    void rig() throws Exception {
        bridge = new BridgeRig(conf, "tcp: {port: 0}")
                .config("queues: {mail.out: {store: memory, size: 4}, a: {store: memory}}\n");
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    private Future<JsonObject> asked(String word, JsonObject body) {
        return bridge.rig
                .service()
                .vertx()
                .eventBus()
                .<JsonObject>request(
                        "muster.queue.mail.out." + word, body, new DeliveryOptions().setSendTimeout(60_000))
                .map(Message::body);
    }

    private JsonObject ask(String word, JsonObject body) {
        return soon(asked(word, body));
    }

    private int refused(String word, JsonObject body) {
        try {
            throw new AssertionError("not refused: " + ask(word, body));
        } catch (CompletionException e) {
            return ((ReplyException) e.getCause()).failureCode();
        }
    }

    private static JsonObject job(Object body) {
        return new JsonObject().put("body", body);
    }

    private void await(ToIntFunction<JobQueue.Statistics> count, int wanted) throws Exception {
        while (count.applyAsInt(bridge.rig.queue("mail.out")) != wanted) {
            bridge.rig.get("/health/live");
        }
    }

    @Test
    void job_goesThroughItsLife() throws Exception {
        bridge.start();
        var body = new JsonObject().put("n", new BigDecimal("1.10"));

        assertThat(ask("put", job(body).put("key", "k").put("unique", "u"))).isEqualTo(new JsonObject().put("id", "1"));
        assertThat(ask("put", job(body).put("unique", "u")).getBoolean("existing"))
                .isTrue();
        JsonObject job = ask("take", new JsonObject().put("max", 10))
                .getJsonArray("jobs")
                .getJsonObject(0);
        assertThat(job.getMap().get("body")).isEqualTo(body);
        var lease = new JsonObject().put("id", "1").put("lease", job.getString("lease"));
        assertThat(ask("extend", lease.copy().put("by", "1m")).getString("expires"))
                .isNotNull();
        assertThat(ask("release", lease).getString("state")).isEqualTo("ready");
        job = ask("take", new JsonObject()).getJsonArray("jobs").getJsonObject(0);
        lease.put("lease", job.getString("lease"));
        assertThat(ask("fail", lease.copy().put("error", "no luck")).getString("state"))
                .isEqualTo("scheduled");
        assertThat(refused("ack", lease)).isEqualTo(409);
        assertThat(ask("close", new JsonObject()).getBoolean("closed")).isTrue();
        assertThat(refused("put", job(1))).isEqualTo(409);
    }

    @Test
    void batches_areAnsweredJobByJob() throws Exception {
        bridge.start();
        var jobs = new JsonArray(List.of(job(1), job(2), job(3), job(4), job(5)));

        JsonArray put = ask("put", new JsonObject().put("jobs", jobs)).getJsonArray("jobs");
        assertThat(put.getJsonObject(3).getString("id")).isEqualTo("4");
        assertThat(put.getJsonObject(4).getJsonObject("error").getString("type"))
                .isEqualTo("limit");
        assertThat(refused("put", new JsonObject().put("jobs", jobs).put("wait", "20ms")))
                .isEqualTo(429);
        JsonArray taken = ask("take", new JsonObject().put("max", 3)).getJsonArray("jobs");
        var acks = new JsonArray();
        taken.forEach(one -> acks.add(new JsonObject()
                .put("id", ((JsonObject) one).getString("id"))
                .put("lease", ((JsonObject) one).getString("lease"))));
        acks.getJsonObject(2).put("lease", "x");
        JsonArray acked = ask("ack", new JsonObject().put("jobs", acks)).getJsonArray("jobs");
        assertThat(acked.getJsonObject(0))
                .isEqualTo(new JsonObject().put("id", "1").put("state", "done"));
        assertThat(acked.getJsonObject(2).getJsonObject("error").getString("type"))
                .isEqualTo("conflict");
    }

    @Test
    void batchThatIsWrong_namesTheJob_andNothingIsDone() throws Exception {
        bridge.start();
        var half = new JsonArray().add(job(1)).add(job(2).put("key", "a\uD83D"));
        assertThat(detail("put", half)).isEqualTo("jobs[1]: key has an unpaired surrogate, which UTF-8 cannot encode");
        assertThat(detail("put", new JsonArray().add(job(1)).add(job(2)).add(7)))
                .startsWith("jobs[2]: a job must be");
        assertThat(ask("take", new JsonObject()).getJsonArray("jobs")).isEmpty();
        var settles = new JsonArray()
                .add(new JsonObject().put("id", "1").put("lease", "x"))
                .add(new JsonObject().put("id", "2"));
        assertThat(detail("ack", settles)).isEqualTo("jobs[1]: lease is needed");
        settles.getJsonObject(1).put("lease", "a\u0000");
        assertThat(detail("release", settles)).startsWith("jobs[1]: lease has U+0000");
    }

    private String detail(String word, JsonArray jobs) {
        try {
            throw new AssertionError("not refused: " + ask(word, new JsonObject().put("jobs", jobs)));
        } catch (CompletionException e) {
            return new JsonObject(e.getCause().getMessage()).getString("detail");
        }
    }

    @Test
    void putThatWaits_getsTheRoomThatComes_inItsOrder() throws Exception {
        bridge.start();
        var jobs = new JsonArray();
        for (int i = 1; i <= 10; i++) {
            jobs.add(job(i));
        }
        Future<JsonObject> put = asked("put", new JsonObject().put("jobs", jobs).put("wait", "1m"));
        await(JobQueue.Statistics::waitingPuts, 6);
        var order = new JsonArray();
        while (order.size() < 10) {
            ask("take", new JsonObject().put("max", 3).put("wait", "1m"))
                    .getJsonArray("jobs")
                    .forEach(one -> order.add(((JsonObject) one).getValue("body")));
        }

        assertThat(order.getList()).isEqualTo(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L));
        assertThat(soon(put).getJsonArray("jobs")).hasSize(10);
    }

    @Test
    void messagesThatAreWrong_areRefused() throws Exception {
        bridge.start();
        assertThat(refused("put", new JsonObject())).isEqualTo(400);
        assertThat(refused("put", job(1).put("wait", "1"))).isEqualTo(400);
        assertThat(refused("put", new JsonObject().put("jobs", new JsonArray())))
                .isEqualTo(400);
        assertThat(refused(
                        "put",
                        new JsonObject()
                                .put("jobs", new JsonArray().add(job(1)))
                                .put("key", "k")))
                .isEqualTo(400);
        assertThat(refused("take", new JsonObject().put("max", 0))).isEqualTo(400);
        assertThat(refused("take", new JsonObject().put("many", 1))).isEqualTo(400);
        assertThat(refused("ack", new JsonObject().put("id", "1"))).isEqualTo(400);
    }

    @Test
    void bridge_hasTheSame_andAConnectionThatClosesWaitsNoLonger() throws Exception {
        bridge.start();
        try (var peer = bridge.peer()) {
            assertThat(peer.ask("muster.queue.mail.out.take", Map.of("max", 5L)).get("body"))
                    .isEqualTo(Map.of("jobs", List.of()));
            peer.send(BridgePeer.frame(
                    "send",
                    "address",
                    "muster.queue.mail.out.take",
                    "body",
                    Map.of("wait", "1m"),
                    "replyAddress",
                    "r"));
            await(JobQueue.Statistics::waitingTakes, 1);
        }
        await(JobQueue.Statistics::waitingTakes, 0);
        try (var peer = bridge.peer()) {
            assertThat(peer.ask("muster.queue.mail.out.put", Map.of("body", 1L)).get("body"))
                    .isEqualTo(Map.of("id", "1"));
            assertThat(peer.ask("muster.queue.none.put", Map.of("body", 1L))).containsEntry("failureCode", 404L);
            assertThat(peer.ask("muster.queue.mail.out.steal", Map.of())).containsEntry("failureCode", 403L);
        }
    }

    @Test
    void join_waitsUntilNoJobIsLeft_forAsLongAsItIsTold() throws Exception {
        bridge.start();
        assertThat(ask("join", new JsonObject()).getBoolean("joined")).isTrue();
        ask("put", job(1));
        assertThat(ask("join", new JsonObject()).getBoolean("joined")).isFalse();
        assertThat(ask("join", new JsonObject().put("wait", "20ms")).getBoolean("joined"))
                .isFalse();
        assertThat(refused("join", new JsonObject().put("max", 1))).isEqualTo(400);
        Future<JsonObject> joining = asked("join", new JsonObject().put("wait", "1m"));
        await(JobQueue.Statistics::joining, 1);
        JsonObject taken = ask("take", new JsonObject());
        assertThat(taken.getString("expiresIn")).isEqualTo("30s");
        assertThat(joining.isComplete()).isFalse();
        JsonObject job = taken.getJsonArray("jobs").getJsonObject(0);
        ask("ack", new JsonObject().put("id", job.getString("id")).put("lease", job.getString("lease")));

        assertThat(soon(joining).getBoolean("joined")).isTrue();
    }

    @Test
    void connectionThatCloses_joinsNoLonger() throws Exception {
        bridge.start();
        ask("put", job(1));
        try (var peer = bridge.peer()) {
            peer.send(BridgePeer.frame(
                    "send",
                    "address",
                    "muster.queue.mail.out.join",
                    "body",
                    Map.of("wait", "1m"),
                    "replyAddress",
                    "r"));
            await(JobQueue.Statistics::joining, 1);
        }
        await(JobQueue.Statistics::joining, 0);
    }

    @Test
    void drain_sendsAwayWhoeverJoins() throws Exception {
        bridge.start();
        ask("put", job(1));
        Future<JsonObject> joining = asked("join", new JsonObject().put("wait", "1m"));
        await(JobQueue.Statistics::joining, 1);
        var drained = bridge.drain();

        assertThat(joining.toCompletionStage().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        ReplyException.class,
                        failure -> assertThat(failure.failureCode()).isEqualTo(503));
        soon(drained);
    }

    @Test
    void callers_useWhatTheyAreGranted() throws Exception {
        bridge.config("queues: {mail.out: {store: memory}, a: {store: memory}}\n"
                        + "callers: {shop: {key: a-key-of-the-shop-00, may: {queues: [mail.out]}}}\n")
                .start();

        assertThat(refused("put", job(1))).isEqualTo(401);
        try (var peer = bridge.peer()) {
            Map<String, Object> own = Map.of("authorization", KEY);
            peer.send(BridgePeer.frame(
                    "send",
                    "address",
                    "muster.queue.mail.out.put",
                    "body",
                    Map.of("body", 1L),
                    "headers",
                    own,
                    "replyAddress",
                    "r"));
            assertThat(peer.next().get("body")).isEqualTo(Map.of("id", "1"));
            peer.send(BridgePeer.frame(
                    "send", "address", "muster.queue.a.take", "body", Map.of(), "headers", own, "replyAddress", "r"));
            assertThat(BridgePeer.error(peer.next())).containsEntry("type", "denied");
        }
    }

    @Test
    void drain_sendsAwayWhoeverWaits_andLetsRunsPut() throws Exception {
        bridge.plan("late", "steps: {a: {sleep: 1200ms}, b: {queue: mail.out, put: 1, after: [a]}}")
                .start();
        Future<JsonObject> taking = asked("take", new JsonObject().put("wait", "1m"));
        await(JobQueue.Statistics::waitingTakes, 1);
        var late = ServeRig.CLIENT.sendAsync(
                bridge.rig
                        .request("/v1/plans/late/runs")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        bridge.awaitRunning(1);
        var drained = bridge.drain();

        assertThat(soon(taking).getJsonArray("jobs")).isEmpty();
        assertThat(late.get().body()).isEqualTo("{\"a\":null,\"b\":\"1\"}");
        soon(drained);
    }
}
