package dev.muster.node;

import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static dev.muster.node.BridgeRig.EVENTS;
import static dev.muster.node.BridgeRig.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients of a bridge ask for: runs, their events and their end. */
@Timeout(120)
class BridgeTest {

    @AutoClose
    private BridgeRig rig;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        rig = new BridgeRig(conf, "tcp: {port: 0}, addresses: ['images.*', exact]")
                .plan("twice", "input: {n: number}\noutput: {twice: = input.n, same: = input.n}")
                .plan("fails", "steps: {a: {fail: no luck}}")
                .plan("partial", "steps: {a: {fail: no luck, optional: true}, b: {set: 2}}")
                .plan(
                        "many",
                        "steps: {m: {each: = lists.range(200), do: {set: = item, stream: true}, concurrency: 4}}\n"
                                + "output: 1");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> words(Map<String, Object> frame, String word) {
        return (Map<String, Object>) frame.get(word);
    }

    @Test
    void run_repliesWithItsOutput_exactly() throws Exception {
        rig.start();
        try (var peer = rig.peer()) {
            var number = new BigDecimal("0.1000000000000000055511151231257827");
            Map<String, Object> reply = peer.ask("muster.run", Map.of("plan", "twice", "input", Map.of("n", number)));

            assertThat(reply).containsEntry("type", "message").containsEntry("address", "r1");
            assertThat(reply.get("body")).isEqualTo(Map.of("twice", number, "same", number));
            assertThat(words(reply, "headers")).containsKey("muster-run");
            Map<String, Object> partial = peer.ask("muster.run", Map.of("plan", "partial"));
            assertThat(((Map<?, ?>) partial.get("headers")).get("muster-partial"))
                    .isEqualTo("a");
        }
    }

    @Test
    void deadline_endsTheRun_byItsWordOrByHeaders() throws Exception {
        rig.start();
        try (var peer = rig.peer()) {
            peer.ask("muster.run", Map.of("plan", "steps"));
            Map<String, Object> late = peer.ask("muster.run", Map.of("plan", "sleeps", "deadline", "700ms"));
            assertThat(late).containsEntry("failureCode", 504L);
            assertThat(error(late))
                    .containsEntry("type", "timeout")
                    .containsEntry("step", "long")
                    .containsEntry("detail", "no answer within the 700 ms that deadline gives");
            peer.send(frame(
                    "send",
                    "address",
                    "muster.run",
                    "headers",
                    Map.of("X-Envoy-Expected-Rq-Timeout-Ms", 700L, "grpc-timeout", "1M"),
                    "body",
                    Map.of("plan", "sleeps"),
                    "replyAddress",
                    "r1"));
            assertThat(error(peer.next()))
                    .containsEntry("detail", "no answer within the 700 ms that x-envoy-expected-rq-timeout-ms gives");
            assertThat(peer.ask("muster.run", Map.of("plan", "sleeps", "deadline", 300L)))
                    .containsEntry("failureCode", 400L);
            assertThat(error(peer.ask("muster.run", Map.of("plan", "sleeps", "deadline", "0ms"))))
                    .containsEntry("type", "timeout")
                    .doesNotContainKey("run");
            String adhoc = "plan: x\nsteps: {long: {sleep: 1m}}";
            assertThat(error(peer.ask("muster.run", Map.of("plan", adhoc, "deadline", "700ms"))))
                    .containsEntry("detail", "no answer within the 700 ms that deadline gives");

            peer.register(EVENTS);
            var order = new java.util.LinkedHashMap<String, Object>(run("sleeps"));
            order.put("deadline", "700ms");
            peer.send(frame("send", "address", "muster.run", "body", order));
            Map<String, Object> event = peer.next();
            while (!"end".equals(words(event, "body").get("event"))) {
                event = peer.next();
            }
            assertThat(words(event, "body")).containsEntry("state", "timedOut");
            assertThat(words(event, "body").get("error").toString()).contains("the 700 ms that deadline gives");
        }
    }

    @Test
    void failures_areErrorsWithTheStatusOfTheirType() throws Exception {
        rig.start();
        try (var peer = rig.peer()) {
            Map<String, Object> failed = peer.ask("muster.run", Map.of("plan", "fails"));
            assertThat(failed).containsEntry("address", "r1").containsEntry("failureCode", 500L);
            assertThat(error(failed))
                    .containsEntry("type", "failed")
                    .containsEntry("detail", "no luck")
                    .containsEntry("step", "a")
                    .containsKey("run");
            assertThat(peer.ask("muster.run", Map.of("plan", "none"))).containsEntry("failureCode", 404L);
            assertThat(peer.ask("muster.run", Map.of("plan", "twice"))).containsEntry("failureCode", 400L);
            assertThat(peer.ask("muster.run", Map.of("plan", "twice", "inputs", Map.of())))
                    .containsEntry("failureCode", 400L);
            assertThat(peer.ask("muster.run", Map.of("plan", "steps", "window", 3)))
                    .containsEntry("failureCode", 400L);
            assertThat(peer.ask("muster.run", Map.of("plan", "steps", "events", "images.resize")))
                    .containsEntry("failureCode", 403L);
            assertThat(peer.ask("muster.run", run("steps"))).containsEntry("failureCode", 403L);
            assertThat(peer.ask("muster.run.cancel", Map.of("run", "x"))).containsEntry("failureCode", 404L);
            assertThat(peer.ask("muster.run.cancel", Map.of())).containsEntry("failureCode", 400L);
        }
    }

    @Test
    void adhocPlans_areTakenAsTextAndAsObjects() throws Exception {
        rig.start();
        try (var peer = rig.peer()) {
            assertThat(peer.ask("muster.run", Map.of("plan", "plan: a\noutput: 7")))
                    .containsEntry("body", 7L);
            assertThat(peer.ask("muster.run", Map.of("plan", Map.of("plan", "a", "output", 8L))))
                    .containsEntry("body", 8L);
            assertThat(peer.ask("muster.run", Map.of("plan", "plan: a\noutpu: 7")))
                    .containsEntry("failureCode", 400L);
        }
    }

    @Test
    void events_comeBehindTheReply_numbered() throws Exception {
        rig.start();
        try (var peer = rig.peer().register(EVENTS)) {
            Map<String, Object> reply = peer.ask("muster.run", run("steps"));
            assertThat(words(reply, "body")).containsOnlyKeys("run");
            List<Object> events = new ArrayList<>();
            for (long number = 1; number <= 4; number++) {
                Map<String, Object> event = peer.next();
                assertThat(event).containsEntry("address", EVENTS).doesNotContainKey("replyAddress");
                assertThat(event.get("headers")).isEqualTo(Map.of("muster-event", Long.toString(number)));
                events.add(((Map<?, ?>) event.get("body")).get("event"));
            }
            assertThat(events).containsExactly("start", "step", "step", "end");
        }
    }

    @Test
    void window_holdsBackTheRun_untilEventsAreAcknowledged() throws Exception {
        rig.start();
        try (var peer = rig.peer().register(EVENTS)) {
            peer.ask("muster.run", Map.of("plan", "many", "events", EVENTS, "window", 5));
            var unacknowledged = new ArrayList<Object>();
            for (int i = 0; i < 5; i++) {
                unacknowledged.add(peer.next().get("replyAddress"));
            }
            // Were there more, they would come before this.
            peer.settled();
            int events = 5;
            String last = "";
            while (!unacknowledged.isEmpty()) {
                peer.send(frame("send", "address", unacknowledged.remove(0)));
                if (!last.equals("end")) {
                    Map<String, Object> event = peer.next();
                    events++;
                    last = String.valueOf(((Map<?, ?>) event.get("body")).get("event"));
                    unacknowledged.add(event.get("replyAddress"));
                }
            }
            assertThat(last).isEqualTo("end");
            assertThat(events).isEqualTo(1 + 200 + 1 + 1);
        }
    }

    @Test
    void slowAcknowledger_slowsTheRunItself() throws Exception {
        rig.plan(
                "waits",
                "steps: {m: {each: = lists.range(100), concurrency: 1, do: {call: exact, with: = item, stream: true}}}");
        rig.start();
        var asked = new AtomicInteger();
        rig.rig.service().vertx().eventBus().consumer("exact", message -> {
            asked.incrementAndGet();
            message.reply(null);
        });
        try (var peer = rig.peer().register(EVENTS)) {
            peer.ask("muster.run", Map.of("plan", "waits", "events", EVENTS, "window", 3));
            for (int i = 0; i < 3; i++) {
                peer.next();
            }
            for (int i = 0; i < 20; i++) {
                peer.settled();
            }
            assertThat(asked.get()).isBetween(2, 5);
        }
    }

    @Test
    void cancel_endsTheRun_andAgainDoesNothing() throws Exception {
        rig.start();
        try (var peer = rig.peer().register(EVENTS)) {
            var started = (Map<?, ?>) peer.ask("muster.run", run("sleeps")).get("body");
            peer.next();
            assertThat(peer.ask("muster.run.cancel", Map.of("run", started.get("run"))))
                    .containsEntry("body", started);
            Map<String, Object> end = peer.next();
            while (!((Map<?, ?>) end.get("body")).containsValue("end")) {
                end = peer.next();
            }
            assertThat(((Map<?, ?>) end.get("body")).get("state")).isEqualTo("cancelled");
            assertThat(peer.ask("muster.run.cancel", Map.of("run", started.get("run"))))
                    .containsEntry("body", started);
        }
    }
}
