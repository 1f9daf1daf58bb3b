package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private final MemoryBudget budget = new MemoryBudget(1 << 20);

    @Test
    void shares_giveEverythingBack() {
        var one = budget.share();
        var other = budget.share();
        one.takes(100);
        one.takes(50_000);
        other.takes(200_000);
        assertThat(budget.statistics().lentBytes()).isBetween(250_100L, 400_000L);
        assertThat(budget.statistics().shares()).isEqualTo(2);
        one.gives(50_000);
        one.letGo();
        other.letGo();
        assertThat(budget.statistics()).isEqualTo(new MemoryBudget.Statistics(0, 1 << 20, 0));
    }

    @Test
    void whoFindsNoMore_isToldToComeBack() {
        var one = budget.share();
        one.takes(1_000_000);
        var other = budget.share();
        var refused = catchThrowableOfType(MusterException.class, () -> other.takes(500_000));
        assertThat(refused.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(refused.more()).containsEntry("retryAfter", 1L);
        assertThat(refused.detail()).contains("1MiB", "server.limits.memory");
        assertThat(other.tryTake(500_000)).isFalse();
        one.letGo();
        other.takes(500_000);
    }

    @Test
    void whoAloneWantsTooMuch_isNotToldToComeBack() {
        var refused =
                catchThrowableOfType(MusterException.class, () -> budget.share().takes(2 << 20));
        assertThat(refused.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(refused.more()).isEmpty();
    }

    @Test
    void twoHolders_keepItUntilBothHaveLetGo() {
        var share = budget.share();
        share.takes(10_000);
        share.held();
        share.letGo();
        assertThat(budget.statistics().lentBytes()).isPositive();
        share.letGo();
        assertThat(budget.statistics().lentBytes()).isZero();
        assertThatThrownBy(() -> share.takes(1)).hasMessageContaining("has ended");
    }

    @Test
    void whatIsThereAlready_countsBeyondTheBound() {
        var share = budget.share();
        share.counts(3 << 20);
        assertThat(budget.share().tryTake(1)).isFalse();
        share.letGo();
        assertThat(budget.statistics().lentBytes()).isZero();
    }

    @Test
    void smallObjects_areWeighedAsWhatTheyTake() {
        byte[] body = ("[" + "{},".repeat(340_000) + "{}]").getBytes(StandardCharsets.UTF_8);
        var roomy = new MemoryBudget(1L << 30);
        Json.parse(body, roomy.share());
        assertThat(roomy.statistics().lentBytes()).isGreaterThan(20L << 20);
        var refused = catchThrowableOfType(MusterException.class, () -> Json.parse(body, budget.share()));
        assertThat(refused.detail()).contains("server.limits.memory");
    }

    @Test
    void valuesThatWereReadBefore_weighTheSame() {
        String body = "{\"s\":[{},[],\"text\",1,2.5,123456789012345678901234567890,null,true,{\"a\":{\"b\":[1]}}]}";
        var read = new long[1];
        Object value = Json.parse(body, bytes -> read[0] += bytes);
        var weighed = new long[1];
        Json.weigh(value, bytes -> weighed[0] += bytes);
        assertThat(weighed[0]).isBetween(read[0] - 100, read[0]);
    }

    @Test
    void weights_areNotLessThanTheHeap() {
        for (String body : List.of(
                "{\"s\":[" + "[],".repeat(50_000) + "0]}",
                "[" + "\"\",".repeat(50_000) + "0]",
                "[" + "1.5,".repeat(50_000) + "0]",
                "[" + "{\"a\":1},".repeat(50_000) + "0]",
                "[" + "123456789012345678901234567890,".repeat(20_000) + "0]")) {
            var roomy = new MemoryBudget(1L << 30);
            List<Object> kept = new ArrayList<>();
            long before = used();
            for (int i = 0; i < 8; i++) {
                kept.add(Json.parse(body.getBytes(StandardCharsets.UTF_8), roomy.share()));
            }
            long after = used();
            assertThat(kept).hasSize(8);
            assertThat(roomy.statistics().lentBytes())
                    .as(body.substring(0, 20))
                    .isGreaterThan((after - before) * 8 / 10);
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
