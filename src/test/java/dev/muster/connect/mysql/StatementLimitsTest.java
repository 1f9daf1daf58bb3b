package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Receipts;
import dev.muster.connect.mysql.StatementLimits.Variable;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a time that is left to the limit that a server is told. */
class StatementLimitsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 200",
        "100, 200",
        "101, 300",
        "200, 300",
        "201, 500",
        "400, 500",
        "401, 600",
        "500, 600",
        "501, 1000",
        "900, 1000",
        "901, 1100",
        "1000, 1100",
        "1001, 2000",
        "2001, 5000",
        "5000, 5100",
        "5001, 10000",
        "10001, 20000",
        "20001, 50000",
        "50001, 100000",
        "900000, 1000000",
        "5000000000, 5000000100",
        "5000000001, 0"
    })
    void step_isTheNextLength_laterThanTheDeadline(long millis, long step) {
        assertThat(StatementLimits.step(Duration.ofMillis(millis).toNanos())).isEqualTo(step);
    }

    @Test
    void step_isLongerThanTheTimeThatIsLeft_byTheSlack() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long nanos = (long) Math.exp(random.nextDouble() * Math.log(1e15));
            assertThat(Duration.ofMillis(StatementLimits.step(nanos)).toNanos())
                    .as("%d ns, seed %d", nanos, seed)
                    .isGreaterThanOrEqualTo(nanos + Receipts.SERVER_SLACK.toNanos());
        }
    }

    @Test
    void nanosecondMore_isTheNextStep() {
        long second = Duration.ofSeconds(1).toNanos();
        assertThat(StatementLimits.step(second)).isEqualTo(1_100);
        assertThat(StatementLimits.step(second + 1)).isEqualTo(2_000);
        assertThat(StatementLimits.step(Long.MAX_VALUE)).isEqualTo(StatementLimits.NONE);
    }

    @Test
    void limit_isSaidInTheServersUnit() {
        assertThat(Variable.MAX_STATEMENT_TIME.set(100)).isEqualTo("set session max_statement_time=0.1");
        assertThat(Variable.MAX_STATEMENT_TIME.set(50_000)).isEqualTo("set session max_statement_time=50");
        assertThat(Variable.MAX_STATEMENT_TIME.set(0)).isEqualTo("set session max_statement_time=0");
        assertThat(Variable.MAX_EXECUTION_TIME.set(100)).isEqualTo("set session max_execution_time=100");
    }

    @Test
    void limitOfTheServer_isReadInItsUnit() {
        assertThat(Variable.MAX_STATEMENT_TIME.millis(new BigDecimal("1.500000")))
                .isEqualTo(1_500);
        assertThat(Variable.MAX_STATEMENT_TIME.millis(new BigDecimal("0.000001")))
                .isEqualTo(1);
        assertThat(Variable.MAX_STATEMENT_TIME.millis(0.0)).isEqualTo(StatementLimits.NONE);
        assertThat(Variable.MAX_EXECUTION_TIME.millis(3_000L)).isEqualTo(3_000);
    }
}
