package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pauses between attempts to connect. */
class BackoffTest {
    private final Connections.Backoff backoff = new Connections.Backoff();

    @Test
    void pauses_growToTheirBoundAndEndWithASuccess() {
        long now = 0;
        assertThat(backoff.left(now)).isZero();
        Duration last = Duration.ZERO;
        for (int i = 0; i < 12; i++) {
            backoff.failed(now);
            last = backoff.left(now);
            assertThat(last).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(2));
            now += last.toNanos();
        }
        assertThat(last).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        backoff.worked();
        assertThat(backoff.left(now)).isZero();
    }

    @Test
    void manyFailuresAtOnce_countOnce() {
        for (int i = 0; i < 100; i++) {
            backoff.failed(0);
        }
        assertThat(backoff.left(0)).isLessThanOrEqualTo(Duration.ofMillis(50));
    }
}
