package dev.muster.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunQuotasTest {
    private final RunQuotas quotas = new RunQuotas();

    private static Caller caller(String name, int runs) {
        return new Caller(name, Grants.OWN, runs == 0 ? OptionalInt.empty() : OptionalInt.of(runs), Map.of());
    }

    @Test
    void tryTake_pastTheQuota_givesNothingUntilOneIsReleased() {
        Caller caller = caller("a", 2);
        assertThat(quotas.tryTake(caller)).isPresent();
        RunQuotas.RunPlace second = quotas.tryTake(caller).orElseThrow();
        assertThat(quotas.tryTake(caller)).isEmpty();
        assertThat(quotas.tryTake(caller("b", 1))).isPresent();
        second.release();
        assertThat(quotas.tryTake(caller)).isPresent();
        assertThat(quotas.tryTake(caller)).isEmpty();
        assertThat(quotas.statistics()).isEqualTo(Map.of("a", 2, "b", 1));
    }

    @Test
    void release_twice_countsOnce() {
        RunQuotas.RunPlace place = quotas.tryTake(caller("a", 2)).orElseThrow();
        assertThat(quotas.tryTake(caller("a", 2))).isPresent();
        place.release();
        place.release();
        assertThat(quotas.statistics()).isEqualTo(Map.of("a", 1));
    }

    @Test
    void quota_ofAnotherConfiguration_countsTheSameRuns() {
        assertThat(quotas.tryTake(caller("a", 0))).isPresent();
        RunQuotas.RunPlace second = quotas.tryTake(caller("a", 0)).orElseThrow();
        assertThat(quotas.tryTake(caller("a", 1))).isEmpty();
        second.release();
        assertThat(quotas.tryTake(caller("a", 1))).isEmpty();
        assertThat(quotas.tryTake(caller("a", 2))).isPresent();
    }

    @Test
    void tryTake_onSeveralThreads_neverPassesTheQuota() throws InterruptedException {
        Caller caller = caller("a", 3);
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var taken = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                for (int turn = 0; turn < 20_000; turn++) {
                    quotas.tryTake(caller).ifPresent(place -> {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        taken.incrementAndGet();
                        now.decrementAndGet();
                        place.release();
                    });
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isBetween(1, 3);
        assertThat(taken.get()).isGreaterThan(1_000);
        assertThat(quotas.statistics()).isEmpty();
    }
}
