package dev.muster.work;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.NewJob;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.QueueSettings.Backoff;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settle;
import dev.muster.run.MemoryBudget;
import dev.muster.service.FakeDeployment;
import dev.muster.service.RunManager;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Consumers whose queue does not answer when their runs end. */
class OutcomesTest {

    private static final String SLEEPS = "input: {n: integer}\nsteps: {a: {sleep: 1s}}\noutput: = input.n";

    /** The verb {@code change}, which has effects, and gives a text. */
    private static final Connector CHANGES = new Connector() {
        @Override
        public VerbSpec words() {
            return VerbSpec.of("change", VerbSpec.Target.VALUE, "Changes something.")
                    .withEffects(call -> true);
        }

        @Override
        public Operation prepare(VerbCall call) {
            return (scope, arguments) -> Future.succeededFuture("x".repeat(20_000));
        }
    };

    private final FakeDeployment offer = FakeDeployment.with(CHANGES);
    private final RunManager runManager =
            new RunManager(new RunManager.Limits(100, 1_000, 1 << 20, Duration.ofMinutes(5), 10, 1 << 20, 1 << 26));
    private QueueSettings settings = QueueSettings.memory("q")
            .withRetries(2, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
            .withLease(Duration.ofSeconds(15));
    private FailingStore store;
    private JobQueue queue;
    private Consumers consumers;

    private void start(String plan, int atOnce) {
        String input = plan.startsWith("input:") ? "" : "input: {n: integer}\n";
        offer.plan("plan: work\ntrigger: {queue: q}\n" + input + plan);
        store = new FailingStore(new MemoryStore(offer.loop, settings));
        queue = new JobQueue(offer.loop, settings, store);
        consumers = new Consumers(offer.loop, offer, runManager, offer.program("work"), queue, atOnce, 0);
        consumers.start();
        offer.loop.runReady();
    }

    @AfterEach
    void nothingIsLeft() {
        store.fails = one -> false;
        Future<Void> stopped = consumers.stop();
        pass(30);
        assertThat(stopped.succeeded()).isTrue();
        assertThat(offer.tasks.snapshot()).isEmpty();
        queue.end();
        offer.loop.run();
        assertThat(offer.loop.waitingTimers()).isZero();
    }

    private void pass(long seconds) {
        offer.loop.advance(Duration.ofSeconds(seconds));
        offer.loop.runReady();
    }

    private void put(int jobs) {
        for (int i = 0; i < jobs; i++) {
            queue.tryPut(NewJob.of("{\"n\": " + i + "}"));
        }
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

    private static Object detail(String error) {
        return ((Map<?, ?>) Json.parse(error)).get("detail");
    }

    @Test
    void queueThatIsAway_isLoggedOnce_withTheReasonInWords() {
        var log = new ListAppender<ILoggingEvent>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.muster.work");
        log.start();
        logger.addAppender(log);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        try {
            start(SLEEPS, 2);
            put(2);
            store.fails = one -> true;
            store.refuseTakes = true;
            pass(120);
            store.fails = one -> false;
            store.refuseTakes = false;
            put(1);
            pass(5);
        } finally {
            logger.setLevel(before);
            logger.detachAppender(log);
        }

        assertThat(store.refusedTakes).isGreaterThan(20);
        assertThat(counts().done()).isPositive();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> !line.contains("the lease of job"))
                .containsExactlyInAnyOrder(
                        "outcomes of jobs cannot be reported to queue q, retrying until the leases expire:"
                                + " unavailable: no connection to db",
                        "no jobs from queue q, retrying: unavailable: no connection to db",
                        "queue q delivers jobs again",
                        "queue q responds again");
        assertThat(log.list).allMatch(line -> line.getThrowableProxy() == null);
    }

    @Test
    void ack_isSaidAgain_untilTheQueueAnswers() {
        start(SLEEPS, 1);
        put(1);
        store.fails = one -> true;
        pass(9);
        assertThat(store.failed).as("with pauses that grow").isBetween(3, 20);
        assertThat(counts().leased()).isOne();
        store.fails = one -> false;
        pass(3);

        assertThat(counts().done()).isOne();
        assertThat(store.outputs).containsExactly("0");
        assertThat(consumers.statistics().done()).as("one run").isOne();
    }

    @Test
    void outcomesOfMany_goTogether() {
        start(SLEEPS, 200);
        put(200);
        store.fails = one -> true;
        pass(2);
        int failed = store.failed;
        pass(7);
        failed = store.failed - failed;
        store.fails = one -> false;
        pass(3);

        assertThat(failed).as("calls to a store that does not answer").isLessThan(20);
        assertThat(counts().done()).isEqualTo(200);
        assertThat(consumers.statistics().done()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unavailable", "timeout", "internal"})
    void answerThatIsLost_isNoFailure_andTheJobRunsOnce(String type) {
        start(SLEEPS, 1);
        put(1);
        store.failure = new MusterException(ErrorType.valueOf(type.toUpperCase(Locale.ROOT)), "lost");
        store.fails = Settle.Ack.class::isInstance;
        store.losesAnswers = true;
        pass(3);
        assertThat(counts().done()).isOne();
        store.fails = one -> false;
        pass(20);

        assertThat(counts().done()).isOne();
        assertThat(consumers.statistics().done()).isOne();
        assertThat(consumers.statistics().failed()).isZero();
    }

    @Test
    void failure_isSaidAgain_andTheJobIsTriedAgain() {
        start("steps: {a: {sleep: 1s}, b: {fail: no luck, after: [a]}}", 1);
        put(1);
        store.fails = one -> true;
        pass(9);
        assertThat(job("1").state()).isEqualTo(JobState.LEASED);
        store.fails = one -> false;
        pass(2);

        assertThat(job("1").attempt()).isBetween(1, 3);
        assertThat(detail(job("1").error())).isEqualTo("no luck");
    }

    @Test
    void release_isSaidAgain_whenConsumersStop() {
        start("steps: {a: {sleep: 8s}}", 1);
        put(1);
        store.fails = one -> true;
        Future<Void> stopped = consumers.stop();
        runManager.live().forEach(run -> run.cancel(CancelReason.shutdown("the node stops")));
        pass(5);
        assertThat(stopped.isComplete()).as("while the queue was not told").isFalse();
        store.fails = one -> false;
        pass(3);

        assertThat(stopped.succeeded()).isTrue();
        assertThat(job("1").state()).isEqualTo(JobState.READY);
        assertThat(job("1").attempt()).as("it was no try").isZero();
    }

    @Test
    void checkpoint_isSaidAgain_beforeTheFailure() {
        start("checkpoint: [a]\nsteps: {a: {set: 7}, b: {sleep: 1s, after: [a]}, c: {fail: no luck, after: [b]}}", 1);
        store.fails = Settle.Checkpoint.class::isInstance;
        put(1);
        pass(5);
        assertThat(job("1").state())
                .as("the failure waits for what was said before")
                .isEqualTo(JobState.LEASED);
        store.fails = one -> false;
        pass(2);

        assertThat(job("1").checkpoint()).isEqualTo("{\"a\":7}");
        assertThat(job("1").error()).isNotNull();
    }

    @Test
    void lease_isExtended_whileItsOutcomeIsSaidAgain() {
        start(SLEEPS, 1);
        put(1);
        store.fails = one -> !(one instanceof Settle.Extend);
        pass(60);
        assertThat(job("1").attempt()).isOne();
        assertThat(job("1").state()).isEqualTo(JobState.LEASED);
        store.fails = one -> false;
        pass(3);

        assertThat(counts().done()).isOne();
        assertThat(consumers.statistics().done()).isOne();
    }

    /** Pauses are random: the queue answers again a second before the lease is not sure any more. */
    @RepeatedTest(10)
    void extensionThatFailed_isSaidAgain_soThatARunThatGoesOnKeepsItsLease() {
        start("timeout: 2m\nsteps: {a: {sleep: 40s}}", 1);
        put(1);
        store.fails = one -> true;
        pass(9);
        store.fails = one -> false;
        pass(35);

        assertThat(counts().done()).isOne();
        assertThat(consumers.statistics().done()).isOne();
    }

    @Test
    void leaseThatIsOver_endsTheRepeats_andAnotherTryComes() {
        start(SLEEPS, 1);
        put(1);
        store.fails = one -> true;
        pass(20);
        int failed = store.failed;
        pass(20);
        assertThat(store.failed - failed).as("said of the second try alone").isLessThan(60);
        store.fails = one -> false;
        pass(30);

        assertThat(counts().done()).isOne();
    }

    @Test
    void jobsThatHaveEnded_countAsHeld_whileTheQueueDoesNotAnswer() {
        start(SLEEPS, 2);
        put(20);
        store.fails = Settle.Ack.class::isInstance;
        pass(30);

        assertThat(counts().leased()).as("not one more for each that ended").isLessThanOrEqualTo(4);
    }

    @Test
    void resultThatTheQueueRefuses_isGivenUp_withTheReason() {
        start(SLEEPS, 1);
        put(1);
        store.failure = new MusterException(ErrorType.BAD_INPUT, "not for me");
        store.fails = Settle.Ack.class::isInstance;
        pass(2);

        assertThat(job("1").state()).isEqualTo(JobState.DEAD);
        assertThat(job("1").attempt()).isOne();
        assertThat(detail(job("1").error())).isEqualTo("the result cannot be stored: not for me");
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "25006", "57P03", "40001", "58030"})
    void errorsOfTheServer_areNoneOfTheResult(String code) {
        start(SLEEPS, 1);
        put(1);
        store.failure = new MusterException(ErrorType.QUERY, "no room", Map.of("code", code), null);
        store.fails = one -> true;
        pass(5);
        store.fails = one -> false;
        pass(3);

        assertThat(counts().done()).isOne();
    }

    @Test
    void errorWithoutACode_isNoneOfTheResult() {
        start(SLEEPS, 1);
        put(1);
        store.failure = new MusterException(ErrorType.QUERY, "no reason given");
        store.fails = one -> true;
        pass(5);
        store.fails = one -> false;
        pass(3);

        assertThat(counts().done()).isOne();
    }

    @Test
    void outputThatIsTooLarge_isGivenUpAtTheFirstTry() {
        String ten = "[= %1$s, = %1$s, = %1$s, = %1$s, = %1$s, = %1$s, = %1$s, = %1$s, = %1$s, = %1$s]";
        start(
                "steps:\n  a: {set: " + "x".repeat(10_000) + "}\n  b: {set: " + ten.formatted("a") + "}\n  c: {set: "
                        + ten.formatted("b") + "}\noutput: [" + (ten.formatted("c") + ", ").repeat(3) + "1]",
                1);
        put(1);
        pass(10);

        assertThat(job("1").state()).isEqualTo(JobState.DEAD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outputForWhichTheNodeHasNoRoomNow_isTriedAgain(boolean hasEffects) {
        String first = hasEffects ? "change: 1" : "set: " + "x".repeat(20_000);
        start("steps:\n  a: {" + first + "}\n  b: {after: [a], sleep: 1s}\noutput: [= a, = a, = a, = a]", 1);
        MemoryBudget.Share others = runManager.memory().share();
        put(1);
        for (long piece = 1 << 25; piece > 0; piece /= 2) {
            while (others.tryTake(piece)) {
                // Until nothing is left.
            }
        }
        pass(1);

        assertThat(job("1").error()).contains("server.limits.memory");
        assertThat(job("1").state()).isEqualTo(JobState.SCHEDULED);
        others.letGo();
        pass(5);
        assertThat(counts().done()).isOne();
    }

    @Test
    void jobsOfAStopThatWaits_areExtended() {
        start(SLEEPS, 1);
        put(1);
        store.fails = Settle.Ack.class::isInstance;
        pass(2);
        Future<Void> stopped = consumers.stop();
        pass(40);
        assertThat(stopped.isComplete()).isFalse();
        store.fails = one -> false;
        pass(3);

        assertThat(stopped.succeeded()).isTrue();
        assertThat(counts().done()).isOne();
        assertThat(List.of(consumers.statistics().done())).containsExactly(1L);
    }
}
