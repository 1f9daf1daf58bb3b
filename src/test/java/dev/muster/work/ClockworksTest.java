package dev.muster.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import dev.muster.plan.Cron;
import dev.muster.queue.CronClaims;
import dev.muster.queue.MemoryCronClaims;
import dev.muster.service.FakeDeployment;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Several nodes that agree over a slow network which loses what is said. */
class ClockworksTest {

    private static final Instant BEGIN = Instant.parse("2026-03-28T23:59:10Z");

    private static final Cron CRON = Cron.parse("*/3 * * * *", ZoneId.of("Europe/Berlin"));

    private final FakeDeployment offer = new FakeDeployment()
            .plan("plan: p\ntrigger: {cron: '*/3 * * * *', zone: Europe/Berlin, overlap: allow}\noutput: 1");

    /** Answers late, and sometimes not at all: before or after it took effect. */
    private record Lossy(Loop loop, CronClaims claims, Random random, boolean losesAnswers, List<Instant> granted)
            implements CronClaims {

        @Override
        public Future<Instant> now() {
            return late(claims::now);
        }

        @Override
        public Future<Verdict> claim(Claim claim) {
            return late(() -> claims.claim(claim)).onSuccess(verdict -> {
                if (verdict == Verdict.FIRE) {
                    granted.add(claim.at());
                }
            });
        }

        @Override
        public Future<Void> ended(Claim claim) {
            return late(() -> claims.ended(claim));
        }

        private <T> Future<T> late(Supplier<Future<T>> operation) {
            Promise<T> answer = Promise.promise();
            loop.schedule(Duration.ofMillis(random.nextInt(800)), () -> {
                if (random.nextInt(5) == 0) {
                    answer.fail("lost before");
                    return;
                }
                Future<T> done = operation.get();
                boolean isLost = losesAnswers && random.nextInt(5) == 0;
                loop.schedule(Duration.ofMillis(random.nextInt(800)), () -> {
                    if (isLost) {
                        answer.fail("lost after");
                    } else {
                        done.onComplete(answer);
                    }
                });
            });
            return answer.future();
        }
    }

    private CronScheduler node(CronClaims claims, RunManager runManager) {
        var node = new CronScheduler(
                offer.loop, offer, runManager, offer.programs().values(), claims);
        node.start();
        return node;
    }

    @Test
    void times_areRunOnce_whateverIsLost_andWhoeverStopsAndStarts() {
        Duration time = Duration.ofHours(4);
        for (long seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            boolean losesAnswers = seed % 2 == 0;
            Instant origin = BEGIN.minusNanos(offer.loop.nanos());
            var memory = new MemoryCronClaims(() -> now(origin));
            var claims = new Lossy(offer.loop, memory, random, losesAnswers, new ArrayList<>());
            var runManager = new RunManager(RunManager.Limits.DEFAULTS);
            List<CronScheduler> live = new ArrayList<>(List.of(node(claims, runManager), node(claims, runManager)));
            List<CronScheduler> all = new ArrayList<>(live);
            long endNanos = offer.loop.nanos() + time.toNanos();
            while (offer.loop.nanos() < endNanos) {
                offer.loop.advance(Duration.ofSeconds(1 + random.nextInt(100)));
                // A claim whose answer was lost is the node's that made it, so it has to live for that.
                if (!losesAnswers) {
                    CronScheduler next = node(claims, runManager);
                    all.add(next);
                    live.add(next);
                    live.remove(random.nextInt(2)).stop();
                }
            }
            Instant sure = now(origin).minus(CronClaims.PATIENCE);
            live.forEach(CronScheduler::stop);
            offer.loop.run();

            List<Instant> run = claims.granted.stream().sorted().toList();
            assertThat(all.stream().mapToLong(one -> one.statistics().begun()).sum())
                    .as("seed " + seed)
                    .isEqualTo(run.size());
            assertThat(run).as("seed " + seed).doesNotHaveDuplicates();
            assertThat(run.stream().filter(one -> !one.isAfter(sure)))
                    .as("seed " + seed)
                    .containsExactlyElementsOf(times(sure))
                    .hasSizeGreaterThan(70);
        }
    }

    private Instant now(Instant origin) {
        return origin.plusNanos(offer.loop.nanos());
    }

    private static List<Instant> times(Instant until) {
        List<Instant> times = new ArrayList<>();
        for (Instant one = CRON.next(BEGIN); !one.isAfter(until); one = CRON.next(one)) {
            times.add(one);
        }
        return times;
    }
}
