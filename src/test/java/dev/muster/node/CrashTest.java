package dev.muster.node;

import dev.muster.dev.CrashingPostgres;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes, connections and the database are killed while jobs go through them: real processes, {@code kill -9}. A few crashes by
 * default; {@code -Dmuster.crash.kills=20} for as many as you like, {@code -Dmuster.crash.seed} for others.
 */
@Timeout(900)
class CrashTest {
    private static final int KILLS = Integer.getInteger("muster.crash.kills", 2);
    private static final long SEED = Long.getLong("muster.crash.seed", 1L);
    private static final int JOBS_PER_KILL = 500;

    @TempDir
    Path dir;

    private final Random random = new Random(SEED);

    @Test
    void nodesAreKilled_andNoConfirmedJobIsLost_andOnlyTheirsRunTwice() throws Exception {
        try (var database = new CrashingPostgres();
                var cluster = new CrashingNodes(dir, database.uri());
                var producer = new ConfirmedPuts(cluster::port)) {
            int untilNow = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                producer.allow(JOBS_PER_KILL);
                producer.awaitConfirmed(untilNow + 1 + random.nextInt(JOBS_PER_KILL - 1));
                untilNow += JOBS_PER_KILL;
                cluster.killAndStart(random.nextInt(CrashingNodes.NODES));
                producer.awaitConfirmed(untilNow);
            }
            cluster.awaitAllFinished();

            cluster.assertDone(producer.confirmed());
            cluster.assertOneLeaseAtATime();
            int twice = cluster.assertOnlyTheKilledTwice();
            System.out.printf(
                    "%d confirmed jobs, %d not confirmed, %d kills (seed %d), another clock: %s: all done, %d begun twice%n",
                    producer.confirmed().size(), producer.unconfirmed(), KILLS, SEED, cluster.hasOtherClock(), twice);
        }
    }

    @Test
    void databaseIsKilledAndConnectionsAreCut_andNoConfirmedJobIsLost() throws Exception {
        try (var database = new CrashingPostgres();
                var cluster = new CrashingNodes(dir, database.uri());
                var producer = new ConfirmedPuts(cluster::port)) {
            int untilNow = 0;
            for (int crash = 0; crash < KILLS; crash++) {
                producer.allow(JOBS_PER_KILL);
                producer.awaitConfirmed(untilNow + 1 + random.nextInt(JOBS_PER_KILL / 2));
                cluster.cutConnections();
                producer.awaitConfirmed(untilNow + JOBS_PER_KILL / 2 + 1 + random.nextInt(JOBS_PER_KILL / 2 - 1));
                database.crash();
                untilNow += JOBS_PER_KILL;
                producer.awaitConfirmed(untilNow);
            }
            cluster.awaitAllFinished();

            cluster.assertDone(producer.confirmed());
            cluster.assertOneLeaseAtATime();
            System.out.printf(
                    "%d confirmed jobs, %d not confirmed, %d times connections cut and Postgres killed (seed %d): all done%n",
                    producer.confirmed().size(), producer.unconfirmed(), KILLS, SEED);
        }
    }

    @Test
    void nodesAndTheDatabaseAreKilledAtOnce_andNoConfirmedJobIsLost() throws Exception {
        try (var database = new CrashingPostgres();
                var cluster = new CrashingNodes(dir, database.uri());
                var producer = new ConfirmedPuts(cluster::port)) {
            int untilNow = 0;
            for (int crash = 0; crash < KILLS; crash++) {
                producer.allow(JOBS_PER_KILL);
                producer.awaitConfirmed(untilNow + 1 + random.nextInt(JOBS_PER_KILL - 1));
                untilNow += JOBS_PER_KILL;
                int node = random.nextInt(CrashingNodes.NODES);
                cluster.kill(node);
                database.crash();
                cluster.startAgain(node);
                producer.awaitConfirmed(untilNow);
            }
            cluster.awaitAllFinished();

            cluster.assertDone(producer.confirmed());
            cluster.assertOneLeaseAtATime();
            System.out.printf(
                    "%d confirmed jobs, %d not confirmed, %d times a node and Postgres killed together (seed %d): all done%n",
                    producer.confirmed().size(), producer.unconfirmed(), KILLS, SEED);
        }
    }
}
