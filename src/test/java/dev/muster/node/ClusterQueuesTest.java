package dev.muster.node;

import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.http.TestKeys;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues in memory of another node, over TLS. The nodes are started once; each test has queues of its own. */
@Timeout(120)
class ClusterQueuesTest {

    private static ClusterRig rig;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        rig = new ClusterRig(dir);
        TestKeys keys = TestKeys.make(dir, "localhost");
        rig.first
                .plan("puts", "steps: {id: {queue: jobs, put: {d: 0.12345678901234567890123}, key: k, priority: 7}}")
                .plan("fills", "steps: {id: {queue: small, put: 2}}")
                .plan("lost", "steps: {id: {queue: nowhere, put: 1}}");
        rig.start(
                "queues: {both: {store: memory}, jobs: {store: cluster}, small: {store: cluster}, nowhere: {store: cluster}}\n",
                "queues: {both: {store: memory}, jobs: {store: memory}, mail: {store: memory}, waits: {store: memory},"
                        + " races: {store: memory},"
                        + " small: {store: memory, size: 1}, closed: {store: memory}}\n",
                ", tls: {cert: " + keys.cert() + ", key: " + keys.key() + ", trust: " + keys.cert() + "}");
        for (String queue : List.of("both", "jobs", "mail", "waits", "races", "small", "closed")) {
            ClusterRig.awaitAnswering(rig.first, "muster.queues." + queue, queue.equals("both") ? 2 : 1);
        }
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void clientOfANodeWithoutTheQueue_putsTakesAndAcknowledges() throws Exception {
        try (var client = new BridgePeer(rig.first)) {
            Object id = body(client.ask(at("mail", "put"), Map.of("body", Map.of("n", 1L), "key", "k")))
                    .get("id");
            Map<?, ?> job = job(client.ask(at("mail", "take"), Map.of("max", 5L)));
            assertThat(job.get("id")).isEqualTo(id);
            assertThat(job.get("body")).isEqualTo(Map.of("n", 1L));
            Map<String, Object> lease = Map.of("id", id, "lease", job.get("lease"));

            assertThat(body(client.ask(at("mail", "ack"), lease))).containsEntry("state", "done");
            assertThat(body(client.ask(at("mail", "ack"), lease)))
                    .as("said again")
                    .containsEntry("state", "done");
            assertThat(error(client.ask(at("mail", "release"), lease))).containsEntry("type", "conflict");
        }
        assertThat(rig.second.queue("mail").accepted()).isEqualTo(1);
    }

    @Test
    void planOfANodeWithoutTheQueue_puts() throws Exception {
        try (var client = new BridgePeer(rig.first);
                var taker = new BridgePeer(rig.second)) {
            Object id = body(client.ask("muster.run", Map.of("plan", "puts"))).get("id");
            Map<?, ?> job = job(taker.ask(at("jobs", "take"), Map.of("wait", "10s")));

            assertThat(job.get("id")).isEqualTo(id);
            assertThat(job.get("key")).isEqualTo("k");
            assertThat(job.get("priority")).isEqualTo(7L);
            assertThat(job.get("body")).isEqualTo(Map.of("d", new BigDecimal("0.12345678901234567890123")));
        }
    }

    @Test
    void planThatWaitsForRoom_leavesNothing_whenItsCallerGoes() throws Exception {
        try (var client = new BridgePeer(rig.first)) {
            client.ask(at("small", "put"), Map.of("body", 1L));
            try (var leaving = new BridgePeer(rig.first)) {
                leaving.send(frame("send", "address", "muster.run", "body", Map.of("plan", "fills")));
                awaitWaiting("small", 1, 0);
            }
            awaitWaiting("small", 0, 0);
            assertThat(rig.second.queue("small").accepted()).isEqualTo(1);
        }
    }

    @Test
    void clientThatLeaves_takesNothing() throws Exception {
        try (var leaving = new BridgePeer(rig.first)) {
            leaving.send(
                    frame("send", "address", at("waits", "take"), "body", Map.of("wait", "1m"), "replyAddress", "r"));
            awaitWaiting("waits", 0, 1);
        }
        awaitWaiting("waits", 0, 0);
        try (var client = new BridgePeer(rig.first)) {
            client.ask(at("waits", "put"), Map.of("body", 1L));
            assertThat(job(client.ask(at("waits", "take"), Map.of())).get("attempt"))
                    .isEqualTo(1L);
        }
    }

    @Test
    void withdrawnTake_isAnsweredAtOnce_andWaitsNoLonger() throws Exception {
        try (var client = new BridgePeer(rig.first)) {
            send(client, "waits", "take", "a");
            awaitWaiting("waits", 0, 1);
            withdraw(client, "a");

            assertThat(body(client.next())).isEqualTo(Map.of("jobs", List.of()));
            assertThat(rig.second.queue("waits").waitingTakes()).isZero();
        }
    }

    @Test
    void withdrawalRightBehindItsRequest_isNotLost_norAreJobsThatAreGivenMeanwhile() throws Exception {
        int rounds = 100;
        List<Object> bodies = new ArrayList<>();
        try (var taker = new BridgePeer(rig.first);
                var putter = new BridgePeer(rig.second)) {
            for (int i = 0; i < rounds; i++) {
                send(taker, "races", "take", "a");
                putter.send(frame("send", "address", at("races", "put"), "body", Map.of("body", (long) i)));
                withdraw(taker, "a");
                List<?> early = (List<?>) body(taker.next()).get("jobs");
                putter.settled();
                List<?> late = (List<?>)
                        body(taker.ask(at("races", "take"), Map.of("max", 9L))).get("jobs");
                for (Object job : early.isEmpty() ? late : early) {
                    assertThat(((Map<?, ?>) job).get("attempt")).isEqualTo(1L);
                    bodies.add(((Map<?, ?>) job).get("body"));
                }
            }
        }
        assertThat(bodies).isEqualTo(LongStream.range(0, rounds).boxed().toList());
    }

    private static void send(BridgePeer peer, String queue, String word, String name) throws Exception {
        peer.send(frame(
                "send",
                "address",
                at(queue, word),
                "body",
                Map.of("wait", "1m"),
                "replyAddress",
                "r",
                "headers",
                Map.of("muster-call", name)));
    }

    private static void withdraw(BridgePeer peer, String name) throws Exception {
        peer.send(frame("send", "address", "muster.queue.cancel", "headers", Map.of("muster-cancel", name)));
    }

    @Test
    void nodeThatHasTheQueueItself_usesItsOwn() throws Exception {
        try (var one = new BridgePeer(rig.first);
                var two = new BridgePeer(rig.second)) {
            one.ask(at("both", "put"), Map.of("body", "one"));
            two.ask(at("both", "put"), Map.of("body", "two"));

            assertThat(job(two.ask(at("both", "take"), Map.of())).get("body")).isEqualTo("two");
            assertThat(job(one.ask(at("both", "take"), Map.of())).get("body")).isEqualTo("one");
        }
    }

    @Test
    void refusalsOfTheOtherNode_areToldAsItsOwn() throws Exception {
        try (var client = new BridgePeer(rig.first)) {
            assertThat(body(client.ask(at("closed", "close"), Map.of()))).containsEntry("closed", true);
            assertThat(error(client.ask(at("closed", "put"), Map.of("body", 1L))))
                    .containsEntry("type", "conflict");
            assertThat(error(client.ask(at("closed", "put"), Map.of("wrong", 1L))))
                    .containsEntry("type", "badInput");
        }
    }

    @Test
    void queueThatNobodyHas_isNotFound_andUnavailableToPlans() throws Exception {
        try (var client = new BridgePeer(rig.first)) {
            assertThat(error(client.ask(at("unheard-of", "put"), Map.of("body", 1L))))
                    .containsEntry("type", "notFound");
            assertThat(error(client.ask("muster.run", Map.of("plan", "lost"))))
                    .containsEntry("type", "unavailable")
                    .containsEntry("step", "id");
        }
    }

    private static void awaitWaiting(String queue, int puts, int takes) throws Exception {
        var statistics = rig.second.queue(queue);
        while (statistics.waitingPuts() != puts || statistics.waitingTakes() != takes) {
            rig.second.get("/health/live");
            statistics = rig.second.queue(queue);
        }
    }

    private static String at(String queue, String word) {
        return "muster.queue." + queue + "." + word;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> body(Map<String, Object> reply) {
        assertThat(reply).containsKey("body");
        return (Map<String, Object>) reply.get("body");
    }

    private static Map<?, ?> job(Map<String, Object> reply) {
        List<?> jobs = (List<?>) body(reply).get("jobs");
        assertThat(jobs).hasSize(1);
        return (Map<?, ?>) jobs.get(0);
    }
}
