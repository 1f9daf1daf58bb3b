package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.connect.Rig;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MongoCrowdTest {
    private static final int CALLS = 300;

    @Test
    void randomCancelsBesideNeighbours_hitNobodyAndLeaveNothing() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var db = new MongoRig("mongo: '" + TestServers.mongo().freshDatabase() + "'\npool: 4\nwaitTimeout: 1m")) {
            db.run("insert: x\ndocuments: \"= lists.range(300).map(i, {'_id': i})\"");
            List<Task<@Nullable Object>> cancelled = new ArrayList<>();
            List<Task<@Nullable Object>> neighbours = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                Task<@Nullable Object> task = db.start("find: x\nbatchSize: 60\nsort: {_id: 1}");
                if (random.nextBoolean()) {
                    neighbours.add(task);
                } else {
                    cancelled.add(task);
                    var delay = Duration.ofMillis(random.nextInt(600));
                    db.rig.loop.schedule(delay, () -> task.cancel(CancelReason.of("at random")));
                }
            }

            for (Task<@Nullable Object> neighbour : neighbours) {
                assertThat((List<?>) Rig.await(neighbour.future()))
                        .as("seed %d", seed)
                        .hasSize(300);
            }
            for (Task<@Nullable Object> task : cancelled) {
                Rig.await(task.future().otherwise(failure -> {
                    assertThat(failure).as("seed %d", seed).isInstanceOf(CancelledException.class);
                    return null;
                }));
            }
            assertThat(db.statistics().slots().inUse()).as("seed %d", seed).isZero();
            assertThat(db.statistics().openCommands()).as("seed %d", seed).isZero();
            assertThat(db.statistics().openCursors()).as("seed %d", seed).isZero();
            assertThat(db.statistics().unconfirmed()).as("seed %d", seed).isZero();
        }
    }

    @Test
    void callersBeyondTheLine_areRefusedAtOnceAndNamedByTheSetting() {
        try (var db = new MongoRig(
                "mongo: '" + TestServers.mongo().freshDatabase() + "'\npool: 1\nmaxWaiting: 2\nwaitTimeout: 5s")) {
            List<Task<@Nullable Object>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(db.start("count: x"));
            }

            MusterException error = (MusterException) Rig.causeOf(tasks.get(3).future());

            assertThat(error.detail()).contains("the pool of source db is full").contains("maxWaiting");
            for (int i = 0; i < 3; i++) {
                assertThat(Rig.await(tasks.get(i).future())).isEqualTo(0L);
            }
        }
    }
}
