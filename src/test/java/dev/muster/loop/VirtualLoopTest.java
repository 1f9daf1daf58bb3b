package dev.muster.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualLoopTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final List<Integer> trail = new ArrayList<>();

    private static List<Integer> order(VirtualLoop loop) {
        var order = new ArrayList<Integer>();
        IntStream.range(0, 20).forEach(i -> loop.execute(() -> order.add(i)));
        loop.run();
        return order;
    }

    @Test
    void inOrder_runsStepsAsTheyCame() {
        assertThat(order(loop)).isSorted().hasSize(20);
    }

    @Test
    void shuffled_dependsOnTheSeedAlone() {
        assertThat(order(VirtualLoop.shuffled(7)))
                .isEqualTo(order(VirtualLoop.shuffled(7)))
                .hasSize(20);
        var orders = new HashSet<List<Integer>>();
        IntStream.range(0, 10).forEach(seed -> orders.add(order(VirtualLoop.shuffled(seed))));
        assertThat(orders).hasSize(10);
    }

    @Test
    void timers_runInTheOrderOfTheirTimes_timeJumps() {
        loop.schedule(Duration.ofDays(2), () -> trail.add(2));
        loop.schedule(Duration.ofDays(1), () -> trail.add(1));
        loop.schedule(-5, () -> trail.add(0));
        loop.run();

        assertThat(trail).containsExactly(0, 1, 2);
        assertThat(loop.nanos()).isEqualTo(Duration.ofDays(2).toNanos());
        assertThat(loop.wallTime()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(2)));
    }

    @Test
    void cancelledTimer_neverRuns() {
        Timer timer = loop.schedule(Duration.ofSeconds(1), () -> trail.add(1));
        timer.cancel();
        timer.cancel();
        loop.run();

        assertThat(trail).isEmpty();
        assertThat(loop.nanos()).isZero();
    }

    @Test
    void advance_runsWhatBecomesDueAndNoMore() {
        loop.schedule(Duration.ofMillis(10), () -> loop.schedule(Duration.ofMillis(10), () -> trail.add(1)));
        loop.schedule(Duration.ofMillis(21), () -> trail.add(2));
        loop.advance(Duration.ofMillis(20));

        assertThat(trail).containsExactly(1);
        assertThat(loop.waitingTimers()).isEqualTo(1);
        assertThat(loop.nanos()).isEqualTo(Duration.ofMillis(20).toNanos());
    }

    @Test
    void stepThrows_theOthersRunAndTheFirstIsThrown() {
        loop.execute(() -> {
            throw new IllegalStateException("first");
        });
        loop.execute(() -> {
            throw new IllegalStateException("second");
        });
        loop.execute(() -> trail.add(3));

        assertThatThrownBy(loop::run)
                .hasMessage("first")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("second"));
        assertThat(trail).containsExactly(3);
    }

    @Test
    void run_onAForeignThread_isRefused() throws InterruptedException {
        var thrown = new ArrayList<Throwable>();
        var thread = new Thread(() -> {
            loop.execute(() -> trail.add(1));
            try {
                loop.run();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        thread.start();
        thread.join();
        loop.run();

        assertThat(thrown).hasSize(1);
        assertThat(trail).containsExactly(1);
    }

    @Test
    void nanos_ofDurations_neverOverflow() {
        assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Nanos.MAX);
        assertThat(Nanos.of(Duration.ofSeconds(-1))).isZero();
        assertThat(Nanos.of(Duration.ofMillis(3))).isEqualTo(3_000_000);
        assertThat(Nanos.toMillis(12_440_000)).isEqualTo(12.4);
    }
}
