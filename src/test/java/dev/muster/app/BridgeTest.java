package dev.muster.app;

import static dev.muster.app.BridgePeer.error;
import static dev.muster.app.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.dispatch.TakenRun;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BridgeTest {

    private static final String CONFIG =
            "server: {port: 0, workers: 2, drain: 5s, bridge: {tcp: {port: 0}, addresses: ['images.*', exact]}}\n";
    private static final String EVENTS = "muster.events.0123456789abcdef";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config(CONFIG)
                .plan("twice", "input: {n: number}\noutput: {twice: = input.n, same: = input.n}")
                .plan("steps", "steps: {a: {set: 1}, b: {set: 2, after: [a]}}")
                .plan("sleeps", "steps: {long: {sleep: 1m}}")
                .plan("fails", "steps: {a: {fail: no luck}}")
                .plan("partial", "steps: {a: {fail: no luck, optional: true}, b: {set: 2}}")
                .plan(
                        "many",
                        "steps: {m: {each: = lists.range(200), do: {set: = item, stream: true}, concurrency: 4}}\n"
                                + "output: 1")
                .plan("large", "output: = lists.range(20000)")
                .plan("calls", "steps: {r: {call: images.resize, with: {width: 200, big: 123456789012345678901}}}")
                .plan(
                        "ten",
                        "steps: {c: {each: = lists.range(10), do: {call: images.resize, with: = item}}}\noutput: = c");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private BridgePeer peer() throws Exception {
        return new BridgePeer(rig);
    }

    private Set<String> running() {
        return rig.service().dispatcher().live().stream().map(TakenRun::plan).collect(Collectors.toSet());
    }

    private void awaitRunning(int count) throws Exception {
        while (rig.service().dispatcher().running() != count) {
            rig.get("/health/live");
        }
    }

    private static Map<String, Object> run(String plan) {
        return Map.of("plan", plan, "events", EVENTS);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> words(Map<String, Object> frame, String word) {
        return (Map<String, Object>) frame.get(word);
    }

    @Test
    void run_repliesWithItsOutput_exactly() throws Exception {
        rig.start();
        try (var peer = peer()) {
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
    void failures_areErrorsWithTheStatusOfTheirType() throws Exception {
        rig.start();
        try (var peer = peer()) {
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
        try (var peer = peer()) {
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
        try (var peer = peer().register(EVENTS)) {
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
        try (var peer = peer().register(EVENTS)) {
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
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        rig.service().vertx().eventBus().consumer("exact", message -> {
            asked.incrementAndGet();
            message.reply(null);
        });
        try (var peer = peer().register(EVENTS)) {
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
    void closing_cancelsTheRunsOfThisConnection_andNoOthers() throws Exception {
        rig.start();
        try (var stays = peer()) {
            stays.send(frame("send", "address", "muster.run", "body", Map.of("plan", "sleeps"), "replyAddress", "s"));
            try (var leaves = peer().register(EVENTS)) {
                leaves.ask("muster.run", run("sleeps"));
                leaves.send(
                        frame("send", "address", "muster.run", "body", Map.of("plan", "sleeps"), "replyAddress", "b"));
                awaitRunning(3);
            }
            awaitRunning(1);
            stays.settled();
            assertThat(running()).containsExactly("sleeps");
        }
        awaitRunning(0);
    }

    @Test
    void cancel_endsTheRun_andAgainDoesNothing() throws Exception {
        rig.start();
        try (var peer = peer().register(EVENTS)) {
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

    @Test
    void worker_answersCalls_andFailsThem() throws Exception {
        rig.start();
        try (var worker = peer().register("images.resize").settled();
                var caller = peer()) {
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
        try (var one = peer().register("images.resize").settled();
                var two = peer().register("images.resize").settled();
                var caller = peer()) {
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "ten"), "replyAddress", "a"));
            for (int i = 0; i < 5; i++) {
                one.send(frame("send", "address", one.next().get("replyAddress"), "body", "one"));
                two.send(frame("send", "address", two.next().get("replyAddress"), "body", "two"));
            }
            assertThat((List<?>) caller.next().get("body"))
                    .hasSize(10)
                    .areExactly(5, new org.assertj.core.api.Condition<>("one"::equals, "one"));
        }
    }

    @Test
    void workerThatDiesInMidCall_isUnavailableAtOnce() throws Exception {
        rig.start();
        try (var caller = peer()) {
            try (var worker = peer().register("images.resize").settled()) {
                caller.send(
                        frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
                worker.next();
            }
            Map<String, Object> failed = caller.next();
            assertThat(failed).containsEntry("failureCode", 503L);
            assertThat(error(failed)).containsEntry("type", "unavailable").containsEntry("step", "r");
            assertThat(String.valueOf(error(failed).get("detail"))).contains("the worker went away");
            assertThat(error(caller.ask("muster.run", Map.of("plan", "calls")))).containsEntry("type", "unavailable");
        }
    }

    @Test
    void cancelOfTheCaller_reachesTheWorker_andItsLateReplyIsDropped() throws Exception {
        rig.start();
        try (var worker = peer().register("images.resize").settled()) {
            Map<String, Object> call;
            try (var caller = peer()) {
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
    void addressesThatAreNotPermitted_areRefused_andOthersServedOn() throws Exception {
        rig.start();
        try (var peer = peer()) {
            for (String address :
                    List.of("muster.run", "muster.call.cancel", "other", "muster.events.short", "exactly")) {
                assertThat(error(peer.register(address).next())).containsEntry("type", "denied");
            }
            for (String address : List.of("images.resize", "exact", "muster.call.cancel", "muster.queue.x")) {
                assertThat(error(peer.ask(address, Map.of()))).containsEntry("type", "denied");
                assertThat(error(peer.send(frame("publish", "address", address)).next()))
                        .containsEntry("type", "denied");
            }
            try (var other = peer().register(EVENTS).settled()) {
                assertThat(error(peer.register(EVENTS).next())).containsEntry("type", "conflict");
            }
            assertThat(error(peer.send(frame("unregister", "address", "exact")).next()))
                    .containsEntry("type", "notFound");
            assertThat(error(peer.send(frame("shout", "address", "exact")).next()))
                    .containsEntry("type", "badInput");
            peer.register("exact").settled();
            assertThat(peer.ask("muster.run", Map.of("plan", "steps"))).containsEntry("type", "message");
        }
    }

    @Test
    void callers_areIdentifiedByFrame_andHeldToTheirGrants() throws Exception {
        rig.config(
                CONFIG + "callers:\n  shop: {key: 'a-key-of-the-shop-00', may: {plans: [steps]}, quota: {runs: 1}}\n");
        rig.start();
        try (var peer = peer()) {
            assertThat(peer.ask("muster.run", Map.of("plan", "steps"))).containsEntry("failureCode", 401L);
            assertThat(error(peer.register("images.resize").next())).containsEntry("type", "denied");
            Map<String, String> key = Map.of("Authorization", "Bearer a-key-of-the-shop-00");
            peer.send(frame(
                    "send",
                    "address",
                    "muster.run",
                    "replyAddress",
                    "r",
                    "headers",
                    key,
                    "body",
                    Map.of("plan", "steps")));
            assertThat(peer.next().get("body")).isEqualTo(Map.of("a", 1L, "b", 2L));
            peer.send(frame(
                    "send",
                    "address",
                    "muster.run",
                    "replyAddress",
                    "r",
                    "authorization",
                    key.get("Authorization"),
                    "body",
                    Map.of("plan", "sleeps")));
            assertThat(peer.next()).containsEntry("failureCode", 403L);
            peer.send(frame(
                    "send",
                    "address",
                    "muster.run",
                    "replyAddress",
                    "r",
                    "headers",
                    key,
                    "body",
                    Map.of("plan", "plan: a\noutput: 1")));
            assertThat(peer.next()).containsEntry("failureCode", 403L);
            peer.send(frame("register", "address", EVENTS, "headers", key)).settled();
            assertThat(error(peer.send(frame("register", "address", "images.resize", "headers", key))
                            .next()))
                    .containsEntry("type", "denied")
                    .containsEntry(
                            "detail",
                            "shop may not be a worker at \"images.resize\""
                                    + " (callers: may: {workers: ['images.resize']})");
        }
    }

    @Test
    void workerWithTheGrant_answersAtItsAddressesOnly() throws Exception {
        rig.config(CONFIG + "callers:\n  images: {key: 'a-key-of-workers-000', may: {workers: [images.resize]}}\n");
        rig.start();
        Map<String, String> key = Map.of("Authorization", "Bearer a-key-of-workers-000");
        try (var peer = peer()) {
            peer.send(frame("register", "address", "images.resize", "headers", key))
                    .settled();
            assertThat(error(peer.send(frame("register", "address", "images.crop", "headers", key))
                            .next()))
                    .containsEntry("type", "denied");
            assertThat(error(peer.send(frame("register", "address", "elsewhere", "headers", key))
                                    .next())
                            .get("detail")
                            .toString())
                    .contains("server.bridge.addresses");
        }
    }

    @Test
    void clientThatDoesNotRead_isClosed_andItsRunsAreCancelled() throws Exception {
        rig.start();
        try (var deaf = peer();
                var other = peer()) {
            for (int i = 0; i < 150; i++) {
                deaf.send(frame("send", "address", "muster.run", "body", Map.of("plan", "large"), "replyAddress", "r"));
            }
            while (rig.service().bridge().connections() > 1) {
                other.settled();
            }
            assertThat(deaf.isEnded()).isTrue();
            assertThat(other.ask("muster.run", Map.of("plan", "steps"))).containsEntry("type", "message");
        }
    }

    @Test
    void drain_letsRunsOfConnectionsEnd_andWorkersAnswerThem() throws Exception {
        rig.start();
        try (var worker = peer().register("images.resize").settled();
                var caller = peer()) {
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
            Object reply = worker.next().get("replyAddress");
            var drained = java.util.concurrent.CompletableFuture.runAsync(() -> {
                try {
                    rig.service().drain();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (!rig.service().isStopping()) {
                Thread.onSpinWait();
            }
            worker.send(frame("send", "address", reply, "body", "late"));
            assertThat(caller.next().get("body")).isEqualTo(Map.of("r", "late"));
            assertThat(caller.isEnded()).isTrue();
            assertThat(worker.isEnded()).isTrue();
            drained.get();
        }
    }
}
