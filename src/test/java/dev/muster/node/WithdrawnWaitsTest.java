package dev.muster.node;

import static dev.muster.Soon.soon;
import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.queue.JobQueue;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait at a queue and are withdrawn, by clients of a bridge and by peers. */
@Timeout(120)
class WithdrawnWaitsTest {

    private static final String CANCEL = "muster.queue.cancel";
    private static final Map<String, Object> LONG = Map.of("wait", "1m");
    private static final Map<String, Object> NO_JOBS = Map.of("jobs", List.of());

    @AutoClose
    private BridgeRig bridge;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        bridge = new BridgeRig(conf, "tcp: {port: 0}")
                .config("queues: {mail: {store: memory, size: 2}, large: {store: memory}, other: {store: memory}}\n")
                .start();
    }

    private static void send(BridgePeer peer, String queue, String word, Map<String, ?> body, String name)
            throws IOException {
        peer.send(frame(
                "send",
                "address",
                "muster.queue." + queue + "." + word,
                "body",
                body,
                "replyAddress",
                "r-" + name,
                "headers",
                Map.of("muster-call", name)));
    }

    private static void withdraw(BridgePeer peer, String name) throws IOException {
        peer.send(frame("send", "address", CANCEL, "headers", Map.of("muster-cancel", name)));
    }

    private void await(ToIntFunction<JobQueue.Statistics> count, int wanted) throws Exception {
        while (count.applyAsInt(bridge.rig.queue("mail")) != wanted) {
            bridge.rig.get("/health/live");
        }
    }

    private EventBus bus() {
        return bridge.rig.service().vertx().eventBus();
    }

    private Future<JsonObject> asked(String queue, String word, JsonObject body, String name) {
        var options = new DeliveryOptions().setSendTimeout(60_000).addHeader("muster-call", name);
        return bus().<JsonObject>request("muster.queue." + queue + "." + word, body, options)
                .map(Message::body);
    }

    private static DeliveryOptions cancel(String name) {
        return new DeliveryOptions().addHeader("muster-cancel", name);
    }

    private static JsonObject lasting() {
        return new JsonObject().put("wait", "1m");
    }

    @Test
    void take_isAnsweredWithNoJobs_andWaitsNoLonger() throws Exception {
        try (var peer = bridge.peer()) {
            send(peer, "mail", "take", LONG, "a");
            await(JobQueue.Statistics::waitingTakes, 1);
            withdraw(peer, "a");

            assertThat(peer.next()).containsEntry("address", "r-a").containsEntry("body", NO_JOBS);
            assertThat(bridge.rig.queue("mail").waitingTakes()).isZero();
        }
    }

    @Test
    void put_isAnsweredWithWhatWasPut_andTheRestAsIfItsTimeWereUp() throws Exception {
        try (var peer = bridge.peer()) {
            List<Map<String, Long>> jobs =
                    LongStream.range(0, 4).mapToObj(n -> Map.of("body", n)).toList();
            send(peer, "mail", "put", Map.of("jobs", jobs, "wait", "1m"), "a");
            await(JobQueue.Statistics::waitingPuts, 2);
            withdraw(peer, "a");

            var put = (List<?>) ((Map<?, ?>) peer.next().get("body")).get("jobs");
            assertThat(put.subList(0, 2)).isEqualTo(List.of(Map.of("id", "1"), Map.of("id", "2")));
            assertThat(put.subList(2, 4)).allSatisfy(one -> {
                assertThat(((Map<?, ?>) ((Map<?, ?>) one).get("error")).get("type"))
                        .isEqualTo("limit");
            });
            send(peer, "mail", "put", Map.of("body", 5L, "wait", "1m"), "b");
            await(JobQueue.Statistics::waitingPuts, 1);
            withdraw(peer, "b");
            assertThat(error(peer.next())).containsEntry("type", "limit");
            assertThat(bridge.rig.queue("mail").accepted()).isEqualTo(2);
        }
    }

    @Test
    void join_isAnsweredThatItDidNotComeAbout() throws Exception {
        try (var peer = bridge.peer()) {
            peer.ask("muster.queue.mail.put", Map.of("body", 1L));
            send(peer, "mail", "join", LONG, "a");
            await(JobQueue.Statistics::joining, 1);
            withdraw(peer, "a");

            assertThat(peer.next()).containsEntry("body", Map.of("joined", false));
            assertThat(bridge.rig.queue("mail").joining()).isZero();
        }
    }

    @Test
    void cancelOfNothing_orOfWhatIsAnswered_doesNothing_andTheNameIsFree() throws Exception {
        try (var peer = bridge.peer()) {
            withdraw(peer, "nothing");
            for (int i = 0; i < 3; i++) {
                send(peer, "mail", "take", Map.of(), "a");
                assertThat(peer.next()).containsEntry("body", NO_JOBS);
                withdraw(peer, "a");
            }
            send(peer, "mail", "take", LONG, "a");
            peer.settled();
            peer.send(frame("send", "address", "muster.queue.mail.put", "body", Map.of("body", 7L)));
            assertThat(peer.next().get("body").toString()).contains("body=7");
            peer.settled();
        }
    }

    @Test
    void namesAreOfTheirConnection() throws Exception {
        try (var peer = bridge.peer();
                var stranger = bridge.peer()) {
            send(peer, "mail", "take", LONG, "a");
            await(JobQueue.Statistics::waitingTakes, 1);
            withdraw(stranger, "a");
            stranger.settled();
            bus().send(CANCEL, null, cancel("a"));
            send(stranger, "mail", "take", LONG, "a");
            await(JobQueue.Statistics::waitingTakes, 2);
            withdraw(stranger, "a");

            assertThat(stranger.next()).containsEntry("body", NO_JOBS);
            assertThat(bridge.rig.queue("mail").waitingTakes()).isEqualTo(1);
            stranger.ask("muster.queue.mail.put", Map.of("body", 7L));
            assertThat(peer.next().get("body").toString()).contains("body=7");
        }
    }

    @Test
    void cancelRightBehindItsRequest_isNeverLost() throws Exception {
        try (var peer = bridge.peer()) {
            for (int i = 0; i < 300; i++) {
                send(peer, i % 2 == 0 ? "mail" : "other", "take", LONG, "n" + i);
                withdraw(peer, "n" + i);
            }
            for (int i = 0; i < 300; i++) {
                assertThat(peer.next()).containsEntry("body", NO_JOBS);
            }
        }
    }

    @Test
    void jobsThatAreGivenMeanwhile_areInTheAnswer_orStayInTheQueue() throws Exception {
        int rounds = 300;
        List<Object> bodies = new ArrayList<>();
        try (var taker = bridge.peer();
                var putter = bridge.peer()) {
            for (int i = 0; i < rounds; i++) {
                send(taker, "large", "take", LONG, "a");
                putter.send(frame(
                        "send",
                        "address",
                        "muster.queue.large.put",
                        "body",
                        Map.of("body", (long) i),
                        "replyAddress",
                        "p"));
                withdraw(taker, "a");
                bodies.addAll(given(taker.next()));
                assertThat(putter.next()).containsEntry("address", "p");
                bodies.addAll(given(taker.ask("muster.queue.large.take", Map.of("max", 100L))));
            }
        }
        assertThat(bodies).isEqualTo(LongStream.range(0, rounds).boxed().toList());
    }

    /** The bodies of the jobs of an answer, each of which is taken for the first time. */
    private static List<Object> given(Map<String, Object> frame) {
        var jobs = (List<?>) ((Map<?, ?>) frame.get("body")).get("jobs");
        return jobs.stream()
                .map(job -> {
                    assertThat(((Map<?, ?>) job).get("attempt")).isEqualTo(1L);
                    return (Object) ((Map<?, ?>) job).get("body");
                })
                .toList();
    }

    @Test
    void wrongNames_areRefused() throws Exception {
        try (var peer = bridge.peer()) {
            send(peer, "mail", "take", LONG, "x".repeat(129));
            assertThat(error(peer.next())).containsEntry("type", "badInput");
            send(peer, "mail", "take", LONG, "");
            assertThat(error(peer.next())).containsEntry("type", "badInput");
            send(peer, "mail", "take", LONG, "a");
            send(peer, "mail", "join", LONG, "a");
            assertThat(error(peer.next())).containsEntry("type", "conflict");
            assertThat(error(peer.ask(CANCEL, Map.of()))).containsEntry("type", "badInput");
        }
        await(JobQueue.Statistics::waitingTakes, 0);
    }

    @Test
    void peers_withdrawTheirs_whoeverElseHasAQueue() throws Exception {
        Future<JsonObject> take = asked("mail", "take", lasting(), "a");
        await(JobQueue.Statistics::waitingTakes, 1);
        // Each of the three loops gets one of these.
        for (int i = 0; i < 3; i++) {
            bus().send(CANCEL, null, cancel("a"));
        }

        assertThat(soon(take).getJsonArray("jobs")).isEmpty();
        assertThat(bridge.rig.queue("mail").waitingTakes()).isZero();
        assertThat(soon(bus().request(CANCEL, null, cancel("nothing"))).body()).isNull();
        assertThat(refused(bus().request(CANCEL, null))).isEqualTo(400);
        assertThat(refused(asked("mail", "take", lasting(), ""))).isEqualTo(400);
    }

    private static int refused(Future<?> future) {
        try {
            throw new AssertionError("not refused: " + soon(future));
        } catch (CompletionException e) {
            return ((ReplyException) e.getCause()).failureCode();
        }
    }

    @Test
    void peersCancel_thatComesToAnotherLoopBeforeItsRequest_isNotLost() {
        List<Future<JsonObject>> takes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            takes.add(asked(i % 2 == 0 ? "mail" : "other", "take", lasting(), "n" + i));
            bus().send(CANCEL, null, cancel("n" + i));
        }
        takes.forEach(take -> assertThat(soon(take).getJsonArray("jobs")).isEqualTo(new JsonArray()));
    }
}
