package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.access.Caller;
import dev.muster.queue.JobQueue;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueStatus;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plans that work on the queues of a node. */
@Timeout(120)
class QueueWorkTest {

    @AutoClose
    private ServeRig rig;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 1s}\n"
                        + "queues: {in: {store: memory, retries: 0}, out: {store: memory}}\n")
                .plan(
                        "double",
                        "trigger: {queue: in, consumers: 3, prefetch: 2}\ninput: {n: integer}\n"
                                + "steps: {put: {queue: out, put: = input.n * 2}}\noutput: = put");
    }

    private JobQueue queue(String name) {
        return rig.service().queues().queue(name, Caller.everyone());
    }

    private void put(String body) throws Exception {
        Waiting.got(queue("in").tryPut(NewJob.of(body)));
    }

    private QueueStatus.Counts counts(String name) throws Exception {
        return Waiting.got(queue(name).status()).counts();
    }

    private void awaitDone(long jobs) throws Exception {
        Soon.until("the end of the jobs", () -> {
            assertThat(counts("in").dead()).isZero();
            return counts("in").done() >= jobs;
        });
    }

    @Test
    void jobs_areWorkedOn_byThePlanThatTheyTrigger() throws Exception {
        rig.start();
        for (int i = 0; i < 100; i++) {
            put("{\"n\": " + i + "}");
        }
        awaitDone(100);

        assertThat(Waiting.got(queue("out").tryTake(1_000)).stream()
                        .mapToInt(job -> Integer.parseInt(job.body()))
                        .sorted())
                .hasSize(100)
                .startsWith(0, 2, 4)
                .endsWith(198);
    }

    @Test
    void reload_hasTheNewPlanWork_andTheOldOneEnd() throws Exception {
        rig.start();
        put("{\"n\": 1}");
        awaitDone(1);
        rig.plan("double", "trigger: {queue: in}\ninput: {n: integer}\nsteps: {put: {queue: out, put: changed}}");
        Waiting.got(rig.service().reload());
        for (int i = 0; i < 20; i++) {
            put("{\"n\": 1}");
        }
        awaitDone(21);

        var bodies = Waiting.got(queue("out").tryTake(1_000)).stream().map(job -> job.body());
        assertThat(bodies.filter("\"changed\""::equals)).hasSizeGreaterThanOrEqualTo(16);
    }

    @Test
    void drain_givesBackWhatIsNotDone() throws Exception {
        rig.plan("double", "trigger: {queue: in, consumers: 2, prefetch: 4}\nsteps: {long: {sleep: 1m}}")
                .start();
        for (int i = 0; i < 10; i++) {
            put("{}");
        }
        Soon.until(
                "the runs and the leased jobs",
                () -> rig.service().runManager().running() >= 2 && counts("in").leased() >= 6);
        JobQueue in = queue("in");
        rig.service().drain();

        assertThat(rig.service().runManager().running()).isZero();
        assertThat(in.statistics().settled())
                .as("two cancelled runs and four jobs ahead")
                .isEqualTo(6);
    }
}
