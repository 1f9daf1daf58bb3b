package dev.muster.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.service.Deployment;
import dev.muster.service.FakeDeployment;
import dev.muster.service.RunHandle;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CronSchedulerTest {

    private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

    private final FakeDeployment offer = new FakeDeployment();
    private Deployment used = offer;
    private Instant wall = NOON.minusSeconds(30);
    private final FakeCronClaims claims = new FakeCronClaims(() -> wall.plusNanos(offer.loop.nanos()));
    private RunManager runManager = runManager(100);
    private CronScheduler clockwork;

    private static RunManager runManager(int runs) {
        return new RunManager(
                new RunManager.Limits(runs, 1_000, 1 << 20, Duration.ofHours(50), 1_000, 1 << 20, 1 << 26));
    }

    private void start(String... plans) {
        for (int i = 0; i < plans.length; i++) {
            offer.plan("plan: p" + i + "\n" + plans[i]);
        }
        clockwork = another();
        clockwork.start();
        passUntil("12:00:00");
    }

    private CronScheduler another() {
        return new CronScheduler(offer.loop, used, runManager, offer.programs().values(), claims);
    }

    @AfterEach
    void nothingIsLeft() {
        Future<Void> stopped = clockwork.stop();
        offer.loop.advance(Duration.ofMinutes(5));
        assertThat(stopped.succeeded()).isTrue();
        assertThat(offer.tasks.snapshot()).isEmpty();
        assertThat(runManager.running()).isZero();
        offer.loop.run();
        assertThat(offer.loop.waitingTimers()).isZero();
    }

    private static Instant at(String time) {
        return Instant.parse("2026-01-05T" + time + "Z");
    }

    private void passUntil(String time) {
        offer.loop.advance(Duration.between(wall.plusNanos(offer.loop.nanos()), at(time)));
        offer.loop.runReady();
    }

    private void putClock(Duration by) {
        wall = wall.plus(by);
    }

    private List<RunHandle> runs() {
        return runManager.known(offer.loop, run -> true, 1_000);
    }

    private static List<Instant> minutes(String first, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> at(first).plusSeconds(60L * i))
                .toList();
    }

    @Test
    void times_becomeRuns_atTheirMoment() {
        start("trigger: {cron: '*/5 * * * *'}\noutput: 1");
        assertThat(claims.granted).containsExactly(NOON);
        passUntil("12:04:59");
        assertThat(claims.granted).hasSize(1);
        passUntil("12:15:00");

        assertThat(claims.granted).containsExactly(NOON, at("12:05:00"), at("12:10:00"), at("12:15:00"));
        assertThat(runs()).hasSize(4);
        assertThat(clockwork.statistics()).isEqualTo(new CronScheduler.Statistics(1, 0, 4, 0, 0, 0));
    }

    @Test
    void runThatCannotBegin_countsAsFailed_andIsNotWaitedFor() {
        used = (Deployment) Proxy.newProxyInstance(
                Deployment.class.getClassLoader(), new Class<?>[] {Deployment.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("runner")) {
                        throw new StackOverflowError("too deep");
                    }
                    return method.invoke(offer, arguments);
                });
        start("trigger: {cron: '@hourly'}\noutput: 1");

        assertThat(clockwork.statistics().failed()).isOne();
        Future<Void> stopped = clockwork.stop();
        offer.loop.runReady();
        assertThat(stopped.succeeded()).isTrue();
    }

    @Test
    void caller_isTheClockWithItsTime() {
        start("trigger: {cron: '@hourly'}\nsteps: {a: {fail: = caller.name + ' ' + json(caller.claims)}}");

        assertThat(runs()).singleElement().satisfies(run -> {
            assertThat(run.owner()).isEqualTo("cron");
            assertThat(run.summary().end().failure().error().detail())
                    .isEqualTo("cron {\"at\":\"2026-01-05T12:00:00Z\"}");
        });
    }

    @Test
    void runThatGoesOn_hasTheTimePassedOver() {
        start("trigger: {cron: '* * * * *'}\ntimeout: 5m\nsteps: {a: {sleep: 90s}}");
        passUntil("12:02:00");

        assertThat(claims.granted).containsExactly(NOON, at("12:02:00"));
        assertThat(clockwork.statistics().overlapped()).isOne();
        assertThat(runManager.running()).isOne();
    }

    @Test
    void overlap_letsRunsGoOnBesideEachOther() {
        start("trigger: {cron: '* * * * *', overlap: allow}\ntimeout: 5m\nsteps: {a: {sleep: 90s}}");
        passUntil("12:01:00");

        assertThat(runManager.running()).isEqualTo(2);
    }

    @Test
    void failedRun_isCounted_andTheNextTimeIsKept() {
        start("trigger: {cron: '* * * * *'}\nsteps: {a: {fail: no luck}}");
        passUntil("12:01:00");

        assertThat(clockwork.statistics()).isEqualTo(new CronScheduler.Statistics(1, 0, 2, 2, 0, 0));
    }

    @Test
    void timeThatCannotBeClaimed_isClaimedLater_withinAMinute() {
        start("trigger: {cron: '*/5 * * * *'}\noutput: 1");
        claims.isDown = true;
        passUntil("12:05:50");
        assertThat(runs()).hasSize(1);
        claims.isDown = false;
        passUntil("12:05:52");

        assertThat(claims.granted).containsExactly(NOON, at("12:05:00"));
        assertThat(clockwork.statistics().missed()).isZero();
    }

    @Test
    void timeThatCannotBeClaimedForAMinute_isPassedOver() {
        start("trigger: {cron: '*/5 * * * *'}\noutput: 1");
        claims.isDown = true;
        passUntil("12:06:01");
        claims.isDown = false;
        passUntil("12:10:00");

        assertThat(claims.granted).containsExactly(NOON, at("12:10:00"));
        assertThat(clockwork.statistics().missed()).isOne();
    }

    @Test
    void clockThatIsPutForward_hasTimesMissed_andGoesOn() {
        start("trigger: {cron: '*/5 * * * *'}\noutput: 1");
        passUntil("12:01:00");
        putClock(Duration.ofMinutes(60));
        passUntil("13:05:00");

        assertThat(claims.granted).containsExactly(NOON, at("13:05:00"));
        assertThat(clockwork.statistics().missed()).as("12:05 to 13:00").isEqualTo(12);
    }

    @Test
    void clockThatIsPutForward_overATime_firesItWithinAMinute() {
        start("trigger: {cron: '*/5 * * * *'}\noutput: 1");
        passUntil("12:01:01");
        putClock(Duration.ofMinutes(4).minusSeconds(50));
        offer.loop.advance(Duration.ofMinutes(1));

        assertThat(claims.granted).containsExactly(NOON, at("12:05:00"));
    }

    @Test
    void clockThatIsPutBack_firesNoTimeTwice_andThoseThatHadNotCome() {
        start("trigger: {cron: '* * * * *'}\noutput: 1");
        passUntil("12:03:30");
        putClock(Duration.ofMinutes(60));
        offer.loop.advance(Duration.ofMinutes(1));
        putClock(Duration.ofMinutes(-62));
        offer.loop.advance(Duration.ofMinutes(3).plusSeconds(30));

        assertThat(wall.plusNanos(offer.loop.nanos())).isEqualTo(at("12:06:00"));
        assertThat(claims.granted).doesNotHaveDuplicates();
        assertThat(claims.granted.stream().filter(time -> time.isBefore(at("12:30:00"))))
                .containsExactlyElementsOf(minutes("12:00:00", 7));
        assertThat(claims.granted.stream().filter(time -> time.isAfter(at("12:30:00"))))
                .as("while the clock was wrong")
                .hasSizeBetween(1, 2);
    }

    @Test
    void stop_claimsNoMore_andWaitsForTheRun() {
        start("trigger: {cron: '* * * * *'}\ntimeout: 5m\nsteps: {a: {sleep: 90s}}");
        Future<Void> stopped = clockwork.stop();
        passUntil("12:01:29");
        assertThat(stopped.isComplete()).isFalse();
        passUntil("12:05:00");

        assertThat(stopped.succeeded()).isTrue();
        assertThat(claims.granted).containsExactly(NOON);
    }

    @Test
    void generationThatTakesOver_losesNoTime_andRunsNoneTwice() {
        start("trigger: {cron: '* * * * *'}\noutput: 1");
        for (int minute = 1; minute <= 20; minute++) {
            passUntil("12:%02d:00".formatted(minute));
            CronScheduler next = another();
            next.start();
            clockwork.stop();
            clockwork = next;
            offer.loop.advance(Duration.ofMillis(minute * 2_900));
        }
        assertThat(claims.granted).containsExactlyElementsOf(minutes("12:00:00", 21));
        assertThat(runs()).hasSize(21);
    }

    @Test
    void nodeWithoutRoomForRuns_beginsThemLater() {
        runManager = runManager(1);
        start(
                "trigger: {cron: '@hourly'}\nsteps: {a: {sleep: 3s}}",
                "trigger: {cron: '@hourly'}\nsteps: {a: {sleep: 3s}}");
        assertThat(runs()).hasSize(1);
        passUntil("12:00:10");

        assertThat(runs()).hasSize(2);
        assertThat(clockwork.statistics().failed()).isZero();
    }

    @Test
    void nodeThatStaysWithoutRoom_passesTheTimeOver_andKeepsTheNext() {
        runManager = runManager(0);
        start("trigger: {cron: '* * * * *'}\noutput: 1");
        passUntil("12:00:30");
        assertThat(clockwork.statistics().failed()).isOne();
        passUntil("12:01:30");

        assertThat(claims.granted).as("it does not count as going on").hasSize(2);
    }

    @Test
    void yearlyPlan_waitsForItsTime() {
        start("trigger: {cron: '0 13 6 1 *'}\noutput: 1");
        offer.loop.advance(Duration.ofHours(25));

        assertThat(claims.granted).containsExactly(Instant.parse("2026-01-06T13:00:00Z"));
    }
}
