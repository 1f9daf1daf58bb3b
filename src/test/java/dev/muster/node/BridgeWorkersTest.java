package dev.muster.node;

import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of a bridge that answer calls. */
@Timeout(120)
class BridgeWorkersTest {

    @AutoClose
    private BridgeRig rig;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        rig = new BridgeRig(conf, "tcp: {port: 0}, addresses: ['images.*', exact]")
                .plan(
                        "ten",
                        "steps: {c: {each: = lists.range(10), do: {call: images.resize, with: = item}}}\noutput: = c");
    }

    @Test
    void worker_answersCalls_andFailsThem() throws Exception {
        rig.start();
        try (var worker = rig.peer().register("images.resize").settled();
                var caller = rig.peer()) {
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
            Map<String, Object> call = worker.next();
            assertThat(call).containsEntry("address", "images.resize");
            assertThat(call.get("body"))
                    .isEqualTo(Map.of("width", 200L, "big", new BigInteger("123456789012345678901")));
            assertThat(((Map<?, ?>) call.get("headers")).keySet().stream().map(String::valueOf))
                    .contains("muster-run", "muster-step", "muster-call");
            worker.send(frame("send", "address", call.get("replyAddress"), "body", Map.of("url", "x")));
            assertThat(caller.next().get("body")).isEqualTo(Map.of("r", Map.of("url", "x")));

            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
            Object reply = worker.next().get("replyAddress");
            worker.send(frame("send", "address", reply, "failureCode", 42, "message", "no such image"));
            assertThat(error(caller.next()))
                    .containsEntry("type", "badResponse")
                    .containsEntry("code", 42L)
                    .containsEntry("message", "no such image");
        }
    }

    @Test
    void calls_goRoundRobinOverWorkers() throws Exception {
        rig.start();
        try (var one = rig.peer().register("images.resize").settled();
                var two = rig.peer().register("images.resize").settled();
                var caller = rig.peer()) {
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "ten"), "replyAddress", "a"));
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
    void workerThatDiesInMidCall_isUnavailableAtOnce() throws Exception {
        rig.start();
        try (var caller = rig.peer()) {
            try (var worker = rig.peer().register("images.resize").settled()) {
                caller.send(
                        frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
                worker.next();
            }
            Map<String, Object> failed = caller.next();
            assertThat(failed).containsEntry("failureCode", 503L);
            assertThat(error(failed)).containsEntry("type", "unavailable").containsEntry("step", "r");
            assertThat(String.valueOf(error(failed).get("detail"))).contains("the worker disconnected");
            assertThat(error(caller.ask("muster.run", Map.of("plan", "calls")))).containsEntry("type", "unavailable");
        }
    }

    @Test
    void cancelOfTheCaller_reachesTheWorker_andItsLateReplyIsDropped() throws Exception {
        rig.start();
        try (var worker = rig.peer().register("images.resize").settled()) {
            Map<String, Object> call;
            try (var caller = rig.peer()) {
                caller.send(
                        frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
                call = worker.next();
            }
            Map<String, Object> cancel = worker.next();
            assertThat(cancel).containsEntry("address", "images.resize").containsEntry("body", null);
            assertThat(cancel.get("headers"))
                    .isEqualTo(Map.of("muster-cancel", ((Map<?, ?>) call.get("headers")).get("muster-call")));
            worker.send(frame("send", "address", call.get("replyAddress"), "body", 1))
                    .settled();
        }
    }

    @Test
    void drain_letsRunsOfConnectionsEnd_andWorkersAnswerThem() throws Exception {
        rig.start();
        try (var worker = rig.peer().register("images.resize").settled();
                var caller = rig.peer()) {
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
            Object reply = worker.next().get("replyAddress");
            CompletableFuture<Void> drained = rig.drain();
            worker.send(frame("send", "address", reply, "body", "late"));
            assertThat(caller.next().get("body")).isEqualTo(Map.of("r", "late"));
            assertThat(caller.isEnded()).isTrue();
            assertThat(worker.isEnded()).isTrue();
            drained.get();
        }
    }
}
