package dev.muster.node;

import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static dev.muster.node.BridgeRig.EVENTS;
import static dev.muster.node.BridgeRig.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of a bridge beside each other: what each may, and what is left when one goes. */
@Timeout(120)
class BridgeClientsTest {

    @AutoClose
    private BridgeRig rig;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        rig = new BridgeRig(conf, "tcp: {port: 0}, addresses: ['images.*', exact]")
                .plan("large", "output: = lists.range(20000)");
    }

    /** What has a plan run for a caller whom this word of the frame makes known. */
    private static Map<String, Object> asked(String plan, String word, Object value) {
        return frame("send", "address", "muster.run", "replyAddress", "r", word, value, "body", Map.of("plan", plan));
    }

    @Test
    void closing_cancelsTheRunsOfThisConnection_andNoOthers() throws Exception {
        rig.start();
        try (var stays = rig.peer()) {
            stays.send(frame("send", "address", "muster.run", "body", Map.of("plan", "sleeps"), "replyAddress", "s"));
            try (var leaves = rig.peer().register(EVENTS)) {
                leaves.ask("muster.run", run("sleeps"));
                leaves.send(
                        frame("send", "address", "muster.run", "body", Map.of("plan", "sleeps"), "replyAddress", "b"));
                rig.awaitRunning(3);
            }
            rig.awaitRunning(1);
            stays.settled();
            assertThat(rig.running()).containsExactly("sleeps");
        }
        rig.awaitRunning(0);
    }

    @Test
    void addressesThatAreNotPermitted_areRefused_andOthersServedOn() throws Exception {
        rig.start();
        try (var peer = rig.peer()) {
            for (String address :
                    List.of("muster.run", "muster.call.cancel", "other", "muster.events.short", "exactly")) {
                assertThat(error(peer.register(address).next())).containsEntry("type", "denied");
            }
            for (String address : List.of("images.resize", "exact", "muster.call.cancel", "muster.queue.x")) {
                assertThat(error(peer.ask(address, Map.of()))).containsEntry("type", "denied");
                assertThat(error(peer.send(frame("publish", "address", address)).next()))
                        .containsEntry("type", "denied");
            }
            try (var other = rig.peer().register(EVENTS).settled()) {
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
        rig.config("callers:\n  shop: {key: 'a-key-of-the-shop-00', may: {plans: [steps]}, quota: {runs: 1}}\n");
        rig.start();
        try (var peer = rig.peer()) {
            assertThat(peer.ask("muster.run", Map.of("plan", "steps"))).containsEntry("failureCode", 401L);
            assertThat(error(peer.register("images.resize").next())).containsEntry("type", "denied");
            Map<String, String> key = Map.of("Authorization", "Bearer a-key-of-the-shop-00");
            peer.send(asked("steps", "headers", key));
            assertThat(peer.next().get("body")).isEqualTo(Map.of("a", 1L, "b", 2L));
            peer.send(asked("sleeps", "authorization", key.get("Authorization")));
            assertThat(peer.next()).containsEntry("failureCode", 404L);
            peer.send(asked("nowhere", "authorization", key.get("Authorization")));
            assertThat(peer.next()).containsEntry("failureCode", 404L);
            assertThat(peer.ask("muster.run", Map.of("plan", "nowhere"))).containsEntry("failureCode", 401L);
            peer.send(asked("plan: a\noutput: 1", "headers", key));
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
        rig.config("callers:\n  images: {key: 'a-key-of-workers-000', may: {workers: [images.resize]}}\n");
        rig.start();
        Map<String, String> key = Map.of("Authorization", "Bearer a-key-of-workers-000");
        try (var peer = rig.peer()) {
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
        try (var deaf = rig.peer();
                var other = rig.peer()) {
            for (int i = 0; i < 150; i++) {
                deaf.send(frame("send", "address", "muster.run", "body", Map.of("plan", "large"), "replyAddress", "r"));
            }
            while (rig.rig.service().bridge().connections() > 1) {
                other.settled();
            }
            assertThat(deaf.isEnded()).isTrue();
            assertThat(other.ask("muster.run", Map.of("plan", "steps"))).containsEntry("type", "message");
        }
    }
}
