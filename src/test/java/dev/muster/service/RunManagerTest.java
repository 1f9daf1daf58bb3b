package dev.muster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.access.Caller;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Event;
import dev.muster.run.MemoryBudget;
import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunManagerTest {

    private final FakeDeployment offer = new FakeDeployment()
            .plan("plan: quick\noutput: {answer: 42}")
            .plan("plan: slow\nsteps: {a: {sleep: 10s}}\noutput: {big: = run.plan}");

    private RunManager runManager(int runs, int ended) {
        return new RunManager(
                new RunManager.Limits(runs, 1_000, 1 << 20, Duration.ofMinutes(5), ended, 1 << 20, 1 << 26));
    }

    private ManagedRun take(RunManager runManager, String plan, boolean detached) {
        return runManager.take(
                offer,
                offer.loop,
                offer.program(plan),
                new RunRequest(Caller.everyone(), Map.of(), detached, null, null, event -> {}));
    }

    @Test
    void program_thatIsNotThere_namesThoseThatAre() {
        assertThatThrownBy(() -> RunManager.program(offer, "slwo", Caller.everyone()))
                .hasMessage("there is no plan slwo; there are quick, slow")
                .extracting(thrown -> ((MusterException) thrown).type())
                .isEqualTo(ErrorType.NOT_FOUND);
        assertThatThrownBy(() -> RunManager.program(offer, "slow", Caller.stranger()))
                .hasMessage("there is no plan slow")
                .extracting(thrown -> ((MusterException) thrown).type())
                .isEqualTo(ErrorType.NOT_FOUND);
        assertThatThrownBy(() -> RunManager.program(offer, "none", Caller.stranger()))
                .as("as if it were not there")
                .hasMessage("there is no plan none");
    }

    @Test
    void run_isKnownWhileItRunsAndAfterwards() {
        RunManager runManager = runManager(10, 10);
        ManagedRun run = take(runManager, "slow", false);

        assertThat(runManager.running()).isOne();
        assertThat(runManager.find(run.id(), offer.loop)).contains(run);
        offer.loop.run();

        assertThat(runManager.running()).isZero();
        assertThat(offer.uses).isZero();
        RunHandle ended = runManager.find(run.id(), offer.loop).orElseThrow();
        Event.End end = ended.report().result().end();
        assertThat(end).isNotNull();
        assertThat(end.output()).as("outputs are not remembered").isNull();
        assertThat(runManager.known(offer.loop, any -> true, 10)).containsExactly(ended);
    }

    @Test
    void memoryThatIsLent_refusesRuns_untilOthersHaveEnded() {
        RunManager runManager = new RunManager(
                new RunManager.Limits(10_000, 1_000, 1 << 20, Duration.ofMinutes(5), 10, 1 << 20, 1 << 20));
        MusterException refused = null;
        int taken = 0;
        while (refused == null && taken < 1_000) {
            try {
                take(runManager, "slow", taken % 2 == 0);
                taken++;
            } catch (MusterException e) {
                refused = e;
            }
        }
        assertThat(taken).isBetween(50, 999);
        assertThat(CallerError.of(refused).status()).isEqualTo(429);
        assertThat(refused).hasMessageContaining("server.limits.memory");

        offer.loop.run();
        assertThat(runManager.running()).isZero();
        assertThat(runManager.memory().statistics().lentBytes()).isZero();
        take(runManager, "quick", false);
    }

    @Test
    void eventsThatAreKept_makeRoomWhereThereIsNoMemory() {
        var budget = new MemoryBudget(100_000);
        var share = budget.share();
        var log = new EventLog(new RunManager.Limits(1, 1_000, 1 << 30, Duration.ofMinutes(1), 1, 1, 1), share);
        for (long i = 1; i <= 100; i++) {
            log.add(new Event.Item("rows", "x".repeat(10_000)));
        }
        assertThat(log.bytes()).isBetween(50_000L, 100_000L);
        assertThat(log.after(0, 1_000).missed()).isEqualTo(1);
        share.letGo();
        assertThat(budget.statistics().lentBytes()).isZero();
    }

    @Test
    void known_hasTheNewestOfAllThatThereAreAndWere() {
        RunManager runManager = runManager(10, 10);
        ManagedRun first = take(runManager, "slow", false);
        offer.loop.advance(Duration.ofMillis(1));
        ManagedRun second = take(runManager, "quick", false);
        offer.loop.advance(Duration.ofSeconds(1));
        ManagedRun third = take(runManager, "slow", false);

        assertThat(runManager.known(offer.loop, any -> true, 10))
                .extracting(RunHandle::id)
                .containsExactly(third.id(), second.id(), first.id());
        assertThat(runManager.known(offer.loop, any -> true, 2))
                .extracting(RunHandle::id)
                .containsExactly(third.id(), second.id());
        assertThat(runManager.known(offer.loop, run -> !run.id().equals(third.id()), 1))
                .extracting(RunHandle::id)
                .containsExactly(second.id());
    }

    @Test
    void partial_namesTwentySteps() {
        offer.plan("plan: partly\noutput: 1\nsteps:\n"
                + IntStream.range(10, 35)
                        .mapToObj(i -> "  s" + i + ": {fail: no luck, optional: true}\n")
                        .collect(Collectors.joining()));
        ManagedRun partly = take(runManager(10, 10), "partly", false);
        ManagedRun quick = take(runManager(10, 10), "quick", false);
        offer.loop.run();

        assertThat(partly.partial().split(","))
                .hasSize(20)
                .startsWith("s10", "s11")
                .endsWith("s29");
        assertThat(quick.partial()).isEmpty();
    }

    @Test
    void moreRunsThanTheBound_areRefusedUntilOneEnds() {
        RunManager runManager = runManager(1, 10);
        take(runManager, "slow", false);

        assertThatThrownBy(() -> take(runManager, "quick", false))
                .hasMessage("more than 1 concurrent runs (server.limits.runs)")
                .extracting(thrown -> ((MusterException) thrown).more())
                .isEqualTo(Map.of("retryAfter", 1L));
        offer.loop.run();

        assertThat(take(runManager, "quick", false).id()).hasSize(26);
    }

    @Test
    void closedOffer_takesNoRun_andLeavesNothingBehind() {
        RunManager runManager = runManager(1, 10);
        offer.isClosed = true;

        assertThatThrownBy(() -> take(runManager, "quick", false))
                .extracting(thrown -> ((MusterException) thrown).type())
                .isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(runManager.running()).isZero();
        assertThat(offer.uses).isZero();
    }

    @Test
    void badInput_leavesNothingBehind() {
        RunManager runManager = runManager(1, 10);
        offer.plan("plan: needs\ninput: {n: integer}\noutput: = input.n");

        assertThatThrownBy(() -> take(runManager, "needs", true))
                .extracting(thrown -> ((MusterException) thrown).type())
                .isEqualTo(ErrorType.BAD_INPUT);
        assertThat(runManager.running()).isZero();
        assertThat(offer.uses).isZero();
        assertThat(runManager.known(offer.loop, any -> true, 10)).isEmpty();
    }

    @Test
    void detached_keepsItsEvents() {
        RunManager runManager = runManager(10, 10);
        ManagedRun run = take(runManager, "quick", true);
        offer.loop.run();

        EventLog log = runManager.find(run.id(), offer.loop).orElseThrow().log().orElseThrow();
        assertThat(log.after(0, 10).entries()).extracting(EventLog.Entry::name).containsExactly("start", "end");
    }

    @Test
    void ended_areForgottenByNumberAndAge() {
        RunManager runManager = runManager(10, 2);
        ManagedRun first = take(runManager, "quick", false);
        offer.loop.run();
        take(runManager, "quick", false);
        ManagedRun last = take(runManager, "quick", false);
        offer.loop.run();

        assertThat(runManager.find(first.id(), offer.loop)).isEmpty();
        assertThat(runManager.find(last.id(), offer.loop)).isPresent();
        offer.loop.advance(Duration.ofMinutes(6));

        assertThat(runManager.find(last.id(), offer.loop)).isEmpty();
    }

    @Test
    void stop_refusesRuns_andIsIdleWhenTheLastHasEnded() {
        RunManager runManager = runManager(10, 10);
        ManagedRun run = take(runManager, "slow", false);
        runManager.stop();

        assertThatThrownBy(() -> take(runManager, "quick", false))
                .extracting(thrown -> ((MusterException) thrown).type())
                .isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(runManager.idle().isComplete()).isFalse();
        run.cancel(CancelReason.shutdown("test"));
        offer.loop.run();

        assertThat(runManager.idle().succeeded()).isTrue();
    }
}
