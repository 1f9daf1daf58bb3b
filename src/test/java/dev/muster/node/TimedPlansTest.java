package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.cluster.Cluster;
import dev.muster.connect.PoolSettings;
import dev.muster.connect.WorkPool;
import dev.muster.queue.MemoryCronClaims;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plans that a node runs by the clock; here it is looked at as the work begins, at moments that the tests choose. The times are of a day
 * that seldom comes, as the node under test has a clock of its own.
 */
@Timeout(120)
class TimedPlansTest {

    private static final Instant NOON = Instant.parse("2028-02-29T12:00:00Z");

    private final AtomicReference<Instant> clock = new AtomicReference<>(NOON.minusSeconds(600));

    @AutoClose
    private ServeRig rig;

    private QueueWork work;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 1s}\n")
                .plan("rarely", "trigger: {cron: '0 12 29 2 *'}\nsteps: {a: {sleep: 1m}}\ntimeout: 2m")
                .plan("often", "trigger: {cron: '*/5 12 29 2 *'}\noutput: 1")
                .plan("never", "output: 1")
                .start();
        var vertx = rig.vertx();
        var resources = new Resources(
                vertx,
                new WorkPool(PoolSettings.cpu()),
                new WorkPool(PoolSettings.blocking()),
                new AdhocPools(AdhocPools.usual()),
                new NodeQueues(vertx),
                Cluster.NONE);
        var claims = new MemoryCronClaims(clock::get);
        work = new QueueWork(rig.service().runManager(), resources, 2, loop -> claims);
    }

    private void begin() {
        work.begin((LiveDeployment) rig.service().offer());
    }

    private void await(String plan, long runs) throws Exception {
        Soon.until("the runs of the plan", () -> count(plan) >= runs);
    }

    private long count(String plan) throws Exception {
        return rig.get("/v1/runs").body().split("\"plan\":\"" + plan + "\"", -1).length - 1L;
    }

    @Test
    void plans_runAtTheirTimes_andAreSeenAmongTheRuns() throws Exception {
        clock.set(NOON.plusSeconds(1));
        begin();
        await("rarely", 1);
        await("often", 1);

        assertThat(count("never")).isZero();
        assertThat(rig.get("/v1/runs").body()).contains("\"caller\":\"cron\"");
    }

    @Test
    void reload_runsNoTimeTwice_norLosesOne() throws Exception {
        clock.set(NOON.plusSeconds(1));
        begin();
        await("often", 1);
        Waiting.got(rig.service().reload());
        begin();
        clock.set(NOON.plusSeconds(301));
        Waiting.got(rig.service().reload());
        begin();
        await("often", 2);

        assertThat(count("rarely")).isOne();
        assertThat(count("often")).isEqualTo(2);
    }

    @Test
    void drain_cancelsTheRunThatGoesOn() throws Exception {
        clock.set(NOON.plusSeconds(1));
        begin();
        await("rarely", 1);
        var stopped = work.stop();
        rig.service().drain();

        Waiting.got(stopped);
        assertThat(rig.service().runManager().running()).isZero();
    }

    @Test
    void explanation_hasTheNextTimes() throws Exception {
        HttpResponse<String> answer = rig.get("/v1/plans/rarely");

        assertThat(answer.body()).contains("\"cron\":\"0 12 29 2 *\"", "\"next\":[", "cron: 0 12 29 2 * (UTC)");
    }
}
