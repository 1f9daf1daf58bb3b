package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes that are killed in mid-query: Postgres ends what they left. {@code -Dmuster.stress.kills=50} for as many as you
 * like; from the second one on the time is held that users are promised.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(1800)
class KilledNodePostgresTest {
    private static final int KILLS = Integer.getInteger("muster.stress.kills", 1);
    private static final Duration GONE = Duration.ofSeconds(KILLS == 1 ? 30 : 5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String address = TestServers.postgres().freshDatabase();

    @TempDir
    Path dir;

    @Test
    void killedInMidQuery_leavesNothingAtTheServer() throws Exception {
        List<Long> millis = new ArrayList<>();
        BusyNode next = node(0);
        try (ServerList server = ServerList.postgres(address)) {
            server.sql("create table witness (id integer, n integer)");
            server.sql("insert into witness values (1, 0)");
            try (var lock = server.holding("select n from witness where id = 1 for update")) {
                for (int kill = 0; kill < KILLS; kill++) {
                    BusyNode busy = next;
                    try (busy) {
                        busy.warmUp();
                        var answer = busy.begin();
                        server.await(name(kill), BusyNode::isBusy, PATIENCE);
                        // Its start must not slow down what is measured.
                        next = kill + 1 < KILLS ? node(kill + 1) : busy;
                        assertThat(answer).as("the run is still going on").isNotDone();
                        busy.kill();
                        millis.add(server.millisUntilEmpty(name(kill), GONE));
                    }
                }
            }
            assertThat(server.number("select count(*) from witness where n <> 0 or id <> 1"))
                    .as("what killed nodes wrote after their end")
                    .isZero();
        } finally {
            next.close();
        }
        System.out.printf(
                "stress: %d nodes killed, each with %d statements; Postgres' list empty after %s%n",
                KILLS, BusyNode.STATEMENTS, ServerList.figures(millis));
    }

    private BusyNode node(int number) throws Exception {
        return BusyNode.postgres(dir.resolve(name(number)), address + "?application_name=" + name(number), "10m");
    }

    private static String name(int node) {
        return "busy" + node;
    }
}
