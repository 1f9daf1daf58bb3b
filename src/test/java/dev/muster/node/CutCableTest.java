package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.muster.Main;
import dev.muster.dev.ReachablePostgres;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A node whose cable is cut in mid-query: Postgres ends what it left, though nothing ever arrives from it. {@code -Dmuster.stress.cuts=5}. */
@EnabledOnOs(OS.LINUX)
@EnabledIfSystemProperty(named = "muster.stress.cuts", matches = "[0-9]+", disabledReason = "it takes 20 s, and root")
@Timeout(900)
class CutCableTest {
    private static final int CUTS = Integer.getInteger("muster.stress.cuts", 1);
    private static final Duration GONE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void cutInMidQuery_leavesNothingAtTheServer() throws Exception {
        Cable cable = Cable.lay();
        if (cable == null) {
            System.out.println("stress: left out: no network namespaces can be made here; that needs root on Linux");
            abort("no network namespaces");
            return;
        }
        List<Long> millis = new ArrayList<>();
        try (cable;
                var postgres = new ReachablePostgres(cable.here(), Cable.NETWORK);
                ServerList server = ServerList.postgres(postgres.uri("127.0.0.1"))) {
            server.sql("create table witness (id integer, n integer)");
            server.sql("insert into witness values (1, 0)");
            for (int cut = 0; cut < CUTS; cut++) {
                cable.mend();
                String name = "cut" + cut;
                Process node = run(cable, postgres.uri(cable.here()) + "?application_name=" + name);
                AutoCloseable end = node::destroyForcibly;
                AtExit.close(end);
                try (var lock = server.holding("select n from witness where id = 1 for update")) {
                    server.await(name, BusyNode::isBusy, PATIENCE);
                    assertThat(node.isAlive()).isTrue();
                    cable.cut();
                    // The node notices it too, after a while; nothing that it does then reaches the server.
                    millis.add(server.millisUntilEmpty(name, GONE));
                } finally {
                    node.descendants().forEach(ProcessHandle::destroyForcibly);
                    node.destroyForcibly().onExit().join();
                    AtExit.forget(end);
                }
                assertThat(server.number("select count(*) from witness where n <> 0 or id <> 1"))
                        .as("what was written after the cut")
                        .isZero();
            }
        }
        System.out.printf(
                "stress: %d cables cut, each with %d statements; Postgres' list empty after %s%n",
                CUTS, BusyNode.STATEMENTS, ServerList.figures(millis));
    }

    private Process run(Cable cable, String address) throws Exception {
        Files.createDirectories(dir.resolve("plans"));
        Files.writeString(dir.resolve("muster.yaml"), "sources: {db: {postgres: '" + address + "', pool: 8}}\n");
        Path plan = Files.writeString(dir.resolve("plans/hard.yaml"), BusyNode.postgresPlan("10m"));
        var words = new ArrayList<>(cable.atTheFarEnd());
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--conf",
                dir.toString(),
                plan.toString()));
        return new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
