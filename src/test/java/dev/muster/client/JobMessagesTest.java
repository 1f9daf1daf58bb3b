package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class JobMessagesTest {

    @Test
    void duration_thatIsNoWholeNumberOfMilliseconds_isRoundedUp() {
        assertThat(JobMessages.duration(Duration.ofNanos(1))).isEqualTo("1ms");
        assertThat(JobMessages.duration(Duration.ofNanos(2_500_000))).isEqualTo("3ms");
        assertThat(JobMessages.duration(Duration.ofSeconds(30))).isEqualTo("30000ms");
        assertThat(JobMessages.duration(Duration.ZERO)).isEqualTo("0ms");
    }
}
