package dev.muster.node;

import static dev.muster.Soon.soon;
import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers and runs of two nodes. They are started once, as joining takes a while; each test leaves them as it found them. */
@Timeout(120)
class ClusterTest {

    private static final String RESIZE = "images.resize";

    private static ClusterRig rig;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        rig = new ClusterRig(dir);
        rig.first
                .plan("calls", "steps: {r: {call: images.resize, with: {w: 200, d: 0.12345678901234567890123}}}")
                .plan("sleeps", "steps: {long: {sleep: 1m}}")
                .plan(
                        "ten",
                        "steps: {c: {each: = lists.range(10), do: {call: images.resize, with: = item}}}\noutput: = c");
        rig.start("", "", "");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void workerOfAnotherNode_answersCalls_withExactNumbers() throws Exception {
        try (var worker = worker(rig.second, 1);
                var caller = caller("calls")) {
            Map<String, Object> call = worker.next();
            assertThat(call).containsEntry("address", RESIZE);
            assertThat(call.get("body")).isEqualTo(Map.of("w", 200L, "d", new BigDecimal("0.12345678901234567890123")));
            assertThat(((Map<?, ?>) call.get("headers")).keySet().stream().map(String::valueOf))
                    .contains("muster-run", "muster-step", "muster-call")
                    .doesNotContain("muster-to", "muster-from", "muster-question", "muster-within");
            worker.send(frame(
                    "send", "address", call.get("replyAddress"), "body", Map.of("n", new BigInteger("9".repeat(30)))));

            assertThat(caller.next().get("body")).isEqualTo(Map.of("r", Map.of("n", new BigInteger("9".repeat(30)))));
        }
    }

    @Test
    void workerOfAnotherNode_failsCalls() throws Exception {
        try (var worker = worker(rig.second, 1);
                var caller = caller("calls")) {
            Object reply = worker.next().get("replyAddress");
            worker.send(frame("send", "address", reply, "failureCode", 42, "message", "no such image"));

            assertThat(error(caller.next()))
                    .containsEntry("type", "badResponse")
                    .containsEntry("code", 42L)
                    .containsEntry("message", "no such image");
        }
    }

    @Test
    void calls_goRoundRobinOverTheWorkersOfAllNodes() throws Exception {
        try (var one = worker(rig.first, 1);
                var two = worker(rig.second, 2);
                var caller = caller("ten")) {
            for (int i = 0; i < 5; i++) {
                one.send(frame("send", "address", one.next().get("replyAddress"), "body", "one"));
                two.send(frame("send", "address", two.next().get("replyAddress"), "body", "two"));
            }
            assertThat((List<?>) caller.next().get("body"))
                    .hasSize(10)
                    .areExactly(5, new Condition<>("one"::equals, "one"));
        }
    }

    @Test
    void workerOfAnotherNodeThatDiesInMidCall_isUnavailableAtOnce() throws Exception {
        try (var caller = callerOf(worker(rig.second, 1))) {
            assertThat(error(caller.next()))
                    .containsEntry("type", "unavailable")
                    .containsEntry("step", "r");
        }
    }

    @Test
    void cancelOfTheCaller_reachesTheWorkerOfAnotherNode() throws Exception {
        try (var worker = worker(rig.second, 1)) {
            Map<String, Object> call;
            try (var caller = caller("calls")) {
                call = worker.next();
            }
            Map<String, Object> cancel = worker.next();
            assertThat(cancel).containsEntry("address", RESIZE).containsEntry("body", null);
            assertThat(cancel.get("headers"))
                    .isEqualTo(Map.of("muster-cancel", ((Map<?, ?>) call.get("headers")).get("muster-call")));
        }
    }

    @Test
    void cancelOfARun_reachesTheNodeThatHasIt() throws Exception {
        try (var client = new BridgePeer(rig.first);
                var other = new BridgePeer(rig.second)) {
            client.register(BridgeRig.EVENTS)
                    .send(frame("send", "address", "muster.run", "body", BridgeRig.run("sleeps"), "replyAddress", "a"));
            Object run = ((Map<?, ?>) client.next().get("body")).get("run");

            assertThat(other.ask("muster.run.cancel", Map.of("run", run))).containsEntry("body", Map.of("run", run));
            Map<String, Object> event = client.next();
            while (!"end".equals(((Map<?, ?>) event.get("body")).get("event"))) {
                event = client.next();
            }
            assertThat(((Map<?, ?>) event.get("body")).get("state")).isEqualTo("cancelled");
            assertThat(error(other.ask("muster.run.cancel", Map.of("run", "01JD0000000000000000000000"))))
                    .containsEntry("type", "notFound");
            assertThat(error(other.ask("muster.run.cancel", Map.of()))).containsEntry("type", "badInput");
        }
    }

    @Test
    void cancelByAPeer_thatNamesNoRun_isRefusedAtOnce() {
        Throwable refused = soon(rig.first
                .vertx()
                .eventBus()
                .request("muster.run.cancel", new JsonObject())
                .toCompletionStage()
                .handle((reply, failure) -> failure));

        assertThat(((ReplyException) refused).failureCode()).isEqualTo(400);
    }

    @Test
    void readiness_saysHowManyNodesThereAre() throws Exception {
        assertThat(rig.first.get("/health/ready").body()).contains("\"cluster\":{\"nodes\":2}");
        assertThat(rig.second.get("/health/ready").body()).contains("\"cluster\":{\"nodes\":2}");
    }

    /** A worker at a node, once the first node knows so many. */
    private static BridgePeer worker(ServeRig node, int all) throws Exception {
        BridgePeer worker = new BridgePeer(node).register(RESIZE).settled();
        ClusterRig.awaitAnswering(rig.first, RESIZE, all);
        return worker;
    }

    /** A client of the first node that has asked for a run. */
    private static BridgePeer caller(String plan) throws Exception {
        return new BridgePeer(rig.first)
                .send(frame("send", "address", "muster.run", "body", Map.of("plan", plan), "replyAddress", "a"));
    }

    /** The same, whose worker goes away with the call. */
    private static BridgePeer callerOf(BridgePeer worker) throws Exception {
        try (worker) {
            BridgePeer caller = caller("calls");
            worker.next();
            return caller;
        }
    }
}
