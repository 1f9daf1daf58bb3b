package dev.muster.node;

import static dev.muster.node.BridgePeer.error;
import static dev.muster.node.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A node of a cluster that is a process of its own. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ClusterProcessTest {

    @Test
    void nodeThatIsKilled_isUnavailableSoon_toCallsAndToThoseWhoWaitAtItsQueue(@TempDir Path dir) throws Exception {
        List<Integer> ports = ClusterRig.ports(3);
        String name = "test-" + UUID.randomUUID();
        try (var rig = new ServeRig(dir.resolve("first"))
                .config(ClusterRig.BRIDGE + ClusterRig.section(name, ports.get(0), ports.get(1), ""))
                .plan("calls", "timeout: 10m\nsteps: {r: {call: images.resize, timeout: 9m}}")
                .start()) {
            Path second = Files.createDirectories(dir.resolve("second"));
            Files.writeString(
                    second.resolve("muster.yaml"),
                    "server: {port: 0, workers: 1, bridge: {tcp: {port: " + ports.get(2)
                            + "}, addresses: ['images.*']}}\n"
                            + "queues: {jobs: {store: memory}}\n"
                            + ClusterRig.section(name, ports.get(1), ports.get(0), ""));
            try (var other = NodeProcess.start(second, List.of(), "--cluster");
                    var worker = new BridgePeer(ports.get(2))
                            .register("images.resize")
                            .settled();
                    var caller = new BridgePeer(rig);
                    var taker = new BridgePeer(rig)) {
                ClusterRig.awaitAnswering(rig, "images.resize", 1);
                ClusterRig.awaitAnswering(rig, "muster.queues.jobs", 1);
                caller.send(
                        frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "a"));
                worker.next();
                taker.send(frame(
                        "send",
                        "address",
                        "muster.queue.jobs.take",
                        "body",
                        Map.of("wait", "5m"),
                        "replyAddress",
                        "a"));
                taker.settled();
                long began = System.nanoTime();
                other.kill();

                assertThat(error(caller.next()))
                        .containsEntry("type", "unavailable")
                        .containsEntry("step", "r");
                // A take that was still on its way finds no node that has the queue.
                assertThat(error(taker.next()).get("type")).isIn("unavailable", "notFound");
                assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began))
                        .as("seconds until it was noticed, which is less than a lease")
                        .isLessThan(30);
            }
        }
    }
}
