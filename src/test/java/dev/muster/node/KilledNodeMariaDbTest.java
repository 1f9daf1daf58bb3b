package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes that are killed in mid-query: what they left at MariaDB ends with the limit of its statement, and before that
 * where another node is there. {@code -Dmuster.stress.kills=50} for as many as you like; from the second one on the time is
 * held that users are promised.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(1800)
class KilledNodeMariaDbTest {
    private static final int KILLS = Integer.getInteger("muster.stress.kills", 1);
    private static final boolean IS_MEASURED = KILLS > 1;

    /** How long a run has, and so at most each of its statements. */
    private static final int LIMIT_SECONDS = IS_MEASURED ? 2 : 5;

    private static final Duration BY_THE_LIMIT = Duration.ofSeconds(LIMIT_SECONDS + (IS_MEASURED ? 1 : 25));
    private static final Duration BY_A_PEER = Duration.ofSeconds(IS_MEASURED ? 5 : 30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NO_LIMIT = "10m";

    private final String address = TestServers.mysql().freshDatabase();
    private final ServerList server = ServerList.mysql(address);
    private final List<Long> millis = new ArrayList<>();

    @TempDir
    Path dir;

    @BeforeEach
    void makeTable() {
        server.sql("create table witness (id integer primary key, n integer)");
        server.sql("insert into witness values (1, 0)");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void limitOfTheStatement_endsWhatAKilledNodeLeft() throws Exception {
        BusyNode next = node(0, LIMIT_SECONDS + "s");
        try (var lock = lock()) {
            for (int kill = 0; kill < KILLS; kill++) {
                BusyNode busy = next;
                try (busy) {
                    busy.warmUp();
                    // Its start must not take the time that the run has.
                    next = kill + 1 < KILLS ? node(kill + 1, LIMIT_SECONDS + "s") : busy;
                    killBusy(busy, kill);
                    millis.add(server.millisUntilEmpty(name(kill), BY_THE_LIMIT));
                }
            }
        } finally {
            next.close();
        }
        assertNothingWritten();
        say("limits of %d s", LIMIT_SECONDS);
    }

    @Test
    void peer_endsWhatAKilledNodeLeft() throws Exception {
        BusyNode next = node(0, NO_LIMIT);
        try (var lock = lock();
                var peer = node(KILLS, NO_LIMIT)) {
            peer.warmUp();
            for (int kill = 0; kill < KILLS; kill++) {
                BusyNode busy = next;
                try (busy) {
                    busy.warmUp();
                    next = kill + 1 < KILLS ? node(kill + 1, NO_LIMIT) : busy;
                    killBusy(busy, kill);
                    millis.add(server.millisUntilEmpty(name(kill), BY_A_PEER));
                }
            }
        } finally {
            next.close();
        }
        assertNothingWritten();
        say("a peer");
    }

    @Test
    void restartedNode_endsWhatItLeft() throws Exception {
        BusyNode next = node(0, NO_LIMIT);
        try (var lock = lock()) {
            for (int kill = 0; kill < KILLS; kill++) {
                try (BusyNode busy = next) {
                    busy.warmUp();
                    killBusy(busy, kill);
                }
                assertThat(server.of(name(kill)))
                        .as("what goes on as long as nobody is there")
                        .isNotEmpty();
                next = node(kill + 1, NO_LIMIT);
                millis.add(server.millisUntilEmpty(name(kill), BY_A_PEER));
            }
        } finally {
            next.close();
        }
        assertNothingWritten();
        say("the node's own restart");
    }

    private void killBusy(BusyNode busy, int number) {
        var answer = busy.begin();
        server.await(name(number), list -> list.size() == BusyNode.STATEMENTS, PATIENCE);
        assertThat(answer).as("the run is still going on").isNotDone();
        busy.kill();
    }

    private AutoCloseable lock() {
        return server.holding("select n from witness where id = 1 for update");
    }

    /** The lock is free now: whatever still waited for it would have it. */
    private void assertNothingWritten() {
        server.sql("update witness set n = n where id = 1");
        assertThat(server.number("select count(*) from witness where n <> 0 or id <> 1"))
                .as("what killed nodes wrote after their end")
                .isZero();
    }

    private BusyNode node(int number, String limit) throws Exception {
        return BusyNode.mysql(dir.resolve(name(number)), address, name(number), limit);
    }

    private static String name(int node) {
        return "busy" + node;
    }

    private void say(String by, Object... words) {
        System.out.printf(
                "stress: %d nodes killed, each with %d statements; MariaDB's list empty by %s after %s%n",
                KILLS, BusyNode.STATEMENTS, by.formatted(words), ServerList.figures(millis));
    }
}
