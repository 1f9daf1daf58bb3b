package dev.muster.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueSettings.Backoff;
import dev.muster.queue.QueueStatus;
import dev.muster.service.Deployment;
import dev.muster.service.FakeDeployment;
import dev.muster.service.RunManager;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumersTest {

    private final FakeDeployment offer = new FakeDeployment();
    private Deployment used = offer;
    private RunManager runManager = runManager(100);
    private QueueSettings settings = QueueSettings.memory("q")
            .withRetries(2, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
            .withLease(Duration.ofSeconds(3));
    private FailingStore store;
    private JobQueue queue;
    private Consumers consumers;

    private static RunManager runManager(int runs) {
        return new RunManager(new RunManager.Limits(runs, 1_000, 1 << 20, Duration.ofMinutes(5), 10, 1 << 20, 1 << 26));
    }

    private void start(String plan, int atOnce, int prefetch) {
        offer.plan("plan: work\n" + plan);
        store = new FailingStore(new MemoryStore(offer.loop, settings));
        queue = new JobQueue(offer.loop, settings, store);
        consumers = new Consumers(offer.loop, used, runManager, offer.program("work"), queue, atOnce, prefetch);
        consumers.start();
        offer.loop.runReady();
    }

    @AfterEach
    void nothingIsLeft() {
        Future<Void> stopped = consumers.stop();
        pass(Duration.ofSeconds(30));
        assertThat(stopped.succeeded()).isTrue();
        assertThat(offer.tasks.snapshot()).isEmpty();
        queue.end();
        offer.loop.run();
        assertThat(offer.loop.waitingTimers()).isZero();
    }

    private void pass(Duration time) {
        offer.loop.advance(time);
        offer.loop.runReady();
    }

    private void put(String body) {
        queue.tryPut(NewJob.of(body));
        offer.loop.runReady();
    }

    private QueueStatus.Counts counts() {
        var status = queue.status();
        offer.loop.runReady();
        return status.result().counts();
    }

    private Job.View job(String id) {
        var found = queue.find(id);
        offer.loop.runReady();
        return found.result().orElseThrow();
    }

    private static Map<?, ?> json(String text) {
        return (Map<?, ?>) Json.parse(text);
    }

    @Test
    void jobs_becomeRuns_neverMoreThanConsumers() {
        start("input: {n: integer}\nsteps: {a: {sleep: 1s}}\noutput: = input.n", 3, 0);
        for (int i = 0; i < 10; i++) {
            put("{\"n\": " + i + "}");
        }

        assertThat(runManager.running()).isEqualTo(3);
        assertThat(counts().leased()).as("no more than free slots").isEqualTo(3);
        for (int second = 1; second <= 4; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(runManager.running()).isLessThanOrEqualTo(3);
        }
        assertThat(counts().done()).isEqualTo(10);
        assertThat(consumers.statistics().done()).isEqualTo(10);
    }

    @Test
    void prefetch_takesSoManyMore() {
        start("steps: {a: {sleep: 1s}}", 1, 2);
        for (int i = 0; i < 5; i++) {
            put("{}");
        }

        assertThat(counts().leased()).isEqualTo(3);
        assertThat(consumers.statistics().ahead()).isEqualTo(2);
    }

    @Test
    void failedRun_isTriedAgain_andThenDeadWithItsReport() {
        start("steps: {good: {set: 1}, bad: {fail: no luck, after: [good]}}", 1, 0);
        put("{}");
        assertThat(counts().scheduled()).isOne();
        pass(Duration.ofSeconds(5));

        Job.View dead = job("1");
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.attempt()).isEqualTo(3);
        assertThat(json(dead.error()))
                .extracting("type", "step", "finished")
                .containsExactly("failed", "bad", List.of("good"));
        assertThat(json(dead.error()).get("run")).isInstanceOf(String.class);
    }

    @Test
    void inputThatThePlanRefuses_isDeadAtOnce() {
        start("input: {n: integer}\noutput: = input.n", 1, 0);
        put("{\"n\": \"seven\"}");
        put("[1, 2]");

        assertThat(counts().dead()).isEqualTo(2);
        assertThat(json(job("1").error())).extracting("type").isEqualTo("badInput");
    }

    @Test
    void bodyThatIsNoJson_isDeadAtOnce() {
        start("output: 1", 1, 0);
        put("{");

        assertThat(json(job("1").error())).extracting("type").isEqualTo("badInput");
        assertThat(counts().dead()).isOne();
    }

    @Test
    void runThatOutlastsTheLease_keepsIt() {
        start("steps: {a: {sleep: 20s}}", 1, 1);
        put("{}");
        put("{}");
        pass(Duration.ofSeconds(19));
        assertThat(job("1").attempt()).isOne();
        assertThat(job("2").attempt()).as("taken ahead").isOne();
        pass(Duration.ofSeconds(22));

        assertThat(counts().done()).isEqualTo(2);
    }

    @Test
    void cancelOfAJob_stopsItsRun() {
        start("steps: {a: {sleep: 20s}}", 1, 1);
        put("{}");
        put("{}");
        queue.cancel("1");
        queue.cancel("2");
        offer.loop.runReady();

        assertThat(runManager.running()).isZero();
        assertThat(counts().cancelled()).isEqualTo(2);
    }

    @Test
    void cancelOfTheRun_isAFailedTry() {
        start("steps: {a: {sleep: 20s}}", 1, 0);
        put("{}");
        runManager.live().forEach(run -> run.cancel(CancelReason.of("somebody clicked")));
        offer.loop.runReady();

        assertThat(job("1").state()).isEqualTo(JobState.SCHEDULED);
        assertThat(json(job("1").error())).extracting("type").isEqualTo("cancelled");
    }

    @Test
    void leaseThatCannotBeExtended_stopsTheRun_andItsEndIsDropped() {
        start("steps: {a: {sleep: 20s}}", 1, 0);
        put("{}");
        store.refuseExtends = true;
        pass(Duration.ofMillis(2_500));

        assertThat(runManager.running()).isZero();
        store.refuseExtends = false;
        pass(Duration.ofSeconds(2));
        assertThat(job("1").attempt()).isEqualTo(2);
        pass(Duration.ofSeconds(20));
        assertThat(counts().done()).isOne();
    }

    @Test
    void stop_givesBackWhatWaits_andLetsRunsEnd() {
        start("steps: {a: {sleep: 2s}}", 1, 3);
        for (int i = 0; i < 5; i++) {
            put("{}");
        }
        Future<Void> stopped = consumers.stop();
        offer.loop.runReady();

        assertThat(stopped.isComplete()).isFalse();
        assertThat(counts())
                .extracting(QueueStatus.Counts::ready, QueueStatus.Counts::leased)
                .containsExactly(4L, 1L);
        pass(Duration.ofSeconds(2));
        assertThat(stopped.succeeded()).isTrue();
        assertThat(counts())
                .extracting(QueueStatus.Counts::ready, QueueStatus.Counts::done)
                .containsExactly(4L, 1L);
    }

    @Test
    void runThatIsCancelledWhileTheNodeStops_isNoFailedTry() {
        start("steps: {a: {sleep: 20s}}", 1, 0);
        put("{}");
        consumers.stop();
        offer.loop.runReady();
        runManager.live().forEach(run -> run.cancel(CancelReason.shutdown("the node stops")));
        offer.loop.runReady();

        assertThat(job("1")).extracting(Job.View::state, Job.View::attempt).containsExactly(JobState.READY, 0);
    }

    @Test
    void nodeWithoutRoomForRuns_triesAgainLater() {
        runManager = runManager(1);
        start("steps: {a: {sleep: 1500ms}}", 2, 0);
        put("{}");
        put("{}");
        assertThat(runManager.running()).isOne();
        pass(Duration.ofSeconds(5));

        assertThat(counts().done()).isEqualTo(2);
        assertThat(consumers.statistics().failed()).isZero();
    }

    @Test
    void caller_isTheQueueWithItsJob() {
        start("output: = caller", 1, 0);
        put("{}");

        assertThat(counts().done()).isOne();
        assertThat(json(store.outputs.get(0)))
                .isEqualTo(Map.of(
                        "name", "queue q", "claims", withNull(Map.of("job", "1", "attempt", 1L, "fence", 1L), "key")));
    }

    private static Map<String, Object> withNull(Map<String, Object> map, String name) {
        var with = new HashMap<>(map);
        with.put(name, null);
        return with;
    }

    @Test
    void checkpoint_keepsResultsOverTries() {
        start("""
                trigger: {queue: q}
                checkpoint: [once]
                steps:
                  once: {set: = run.id}
                  again: {set: = run.id}
                  last: {fail: no luck, when: '= caller.claims.attempt == 1', after: [once, again]}
                output: {once: = once, again: = again, last: = run.id}
                """, 1, 0);
        put("{}");
        String kept = job("1").checkpoint();
        assertThat(json(kept).keySet()).hasToString("[once]");
        pass(Duration.ofSeconds(2));

        Map<?, ?> output = json(store.outputs.get(0));
        assertThat(output.get("once")).isEqualTo(json(kept).get("once")).isNotEqualTo(output.get("last"));
        assertThat(output.get("again")).isEqualTo(output.get("last"));
    }

    @Test
    void checkpoint_leavesOutWhatIsTooLarge() {
        start("""
                trigger: {queue: q}
                checkpoint: [large, small]
                steps:
                  large: {set: = json(lists.range(200000))}
                  small: {set: 1, after: [large]}
                  last: {sleep: 1s, after: [small]}
                output: done
                """, 1, 0);
        put("{}");

        assertThat(json(job("1").checkpoint())).isEqualTo(Map.of("small", 1L));
        pass(Duration.ofSeconds(1));
        assertThat(counts().done()).isOne();
    }

    @Test
    void checkpoint_leavesOutWhatIsNestedTooDeepToBeReadAgain() {
        start("""
                trigger: {queue: q}
                input: {deep: list}
                checkpoint: [deeper, small]
                steps:
                  deeper: {set: [= input.deep]}
                  small: {set: 1, after: [deeper]}
                  last: {fail: no luck, when: '= caller.claims.attempt == 1', after: [small]}
                output: done
                """, 1, 0);
        put(deep());
        assertThat(json(job("1").checkpoint())).isEqualTo(Map.of("small", 1L));
        pass(Duration.ofSeconds(2));

        assertThat(counts().done()).isOne();
    }

    /** As deep as a body can be. */
    private static String deep() {
        return "{\"deep\": " + "[".repeat(255) + "]".repeat(255) + "}";
    }

    @Test
    void outputNestedTooDeepToBeWritten_isGivenUp_withTheReason() {
        var plan = new StringBuilder("input: {deep: list}\nsteps:\n  s0: {set: = input.deep}\n");
        for (int i = 1; i <= 16; i++) {
            plan.append("  s%d: {set: %s= s%d%s}\n".formatted(i, "[".repeat(50), i - 1, "]".repeat(50)));
        }
        start(plan + "output: = s16", 1, 0);
        put(deep());

        assertThat(job("1").state()).isEqualTo(JobState.DEAD);
        assertThat(job("1").error()).contains("the output cannot be stored");
    }

    @Test
    void runThatCannotBegin_isAFailedTry() {
        boolean[] isBroken = {true};
        used = (Deployment) Proxy.newProxyInstance(
                Deployment.class.getClassLoader(), new Class<?>[] {Deployment.class}, (proxy, method, arguments) -> {
                    if (isBroken[0] && method.getName().equals("runner")) {
                        throw new StackOverflowError("too deep");
                    }
                    return method.invoke(offer, arguments);
                });
        start("output: done", 1, 0);
        put("{}");
        assertThat(job("1").state()).isEqualTo(JobState.SCHEDULED);
        assertThat(job("1").error()).contains("the run did not begin: java.lang.StackOverflowError: too deep");
        isBroken[0] = false;
        pass(Duration.ofSeconds(2));

        assertThat(counts().done()).isOne();
    }

    @Test
    void statistics_saysWhatIsThere() {
        start("steps: {a: {sleep: 1s}}", 2, 1);
        put("{}");

        assertThat(consumers.statistics())
                .asInstanceOf(InstanceOfAssertFactories.type(Consumers.Statistics.class))
                .isEqualTo(new Consumers.Statistics(2, 1, 0, 0, 0));
    }
}
