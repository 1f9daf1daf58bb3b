package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.JsonSize;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results that hold others at many places, and so on: whatever puts them together is weighed as the tree that it is. */
@Timeout(120)
class SharedResultsTest {

    private final Scenario scenario = Scenario.inOrder();

    /** Forty steps, each of which holds the one before it twice. */
    private static String chain(String first, String next) {
        StringBuilder plan = new StringBuilder("plan: p\nsteps:\n  s0: " + first + "\n");
        for (int i = 1; i <= 40; i++) {
            plan.append("  s")
                    .append(i)
                    .append(": ")
                    .append(next.replace("@", "s" + (i - 1)))
                    .append('\n');
        }
        return plan.toString();
    }

    private void endsWithLimit(String plan) {
        var failure = scenario.run(plan).failure();
        assertThat(failure).isNotNull();
        assertThat(failure.toValue().toString()).contains("type=limit", "server.limits.value");
        assertThat(failure.step()).matches("s(1[5-9]|2[0-9])");
    }

    @Test
    void listsOfResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{set: ['= @', '= @']}"));
    }

    @Test
    void mapsOfResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{set: {a: '= @', b: {c: '= @'}}}"));
    }

    @Test
    void expressionsOfResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{set: '= [@, @]'}"));
    }

    @Test
    void gatheredResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{gather: [{set: = @}, {set: = @}]}"));
    }

    @Test
    void groupedResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{group: {a: {set: = @}, b: {set: = @}}}"));
    }

    @Test
    void awaitedResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{wait: {a: {set: = @}, b: {set: = @}}}"));
    }

    @Test
    void collectedResults_endWithLimit() {
        endsWithLimit(chain("{set: [x]}", "{gather: {a: {set: = @}, b: {set: = @}}, errors: collect}"));
    }

    @Test
    void largeResult_thatStandsOnce_passes() {
        var end = scenario.run(
                "plan: p\nsteps:\n  a: {set: = lists.range(200000)}\n  b: {set: {x: = a}}\noutput: = size(b.x)\n");
        assertThat(end.output()).isEqualTo(200_000L);
    }

    @Test
    void resultBeyondTheBound_isNamed() {
        scenario.limits(
                new RunLimits(Duration.ofSeconds(30), Duration.ofMinutes(1), 1 << 20, 500, 1_000, 16, 100, 5_000));
        var failure = scenario.run("plan: p\nsteps:\n  a: {set: {x: = lists.range(1000)}}\noutput: 1\n")
                .failure();
        assertThat(failure).isNotNull();
        assertThat(failure.toValue().toString()).contains("type=limit", "more than 500B", "server.limits.value");
    }

    @Test
    void largeResults_areNotKeptForTheirWeight() {
        var weights = new ValueSizes();
        var value = new ArrayList<>(Collections.nCopies(10_000, "text"));
        assertThat(weights.of(value)).isEqualTo(weights.of(value)).isGreaterThan(60_000);
        var seen = new WeakReference<>(value);
        value = null;
        while (seen.get() != null) {
            System.gc();
        }
        assertThat(weights.of(List.of("text"))).isLessThan(20);
    }

    @Test
    void smallResults_weighTheSameWhetherRememberedOrNot() {
        var weights = new ValueSizes();
        List<List<Object>> values = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            values.add(new ArrayList<>(Collections.nCopies(i, "text")));
        }
        for (int round = 0; round < 3; round++) {
            for (List<Object> value : values) {
                long weight = JsonSize.of(value, Long.MAX_VALUE);
                assertThat(weights.of(value)).isEqualTo(weight);
                assertThat(weights.of(value)).isEqualTo(weight);
                assertThat(weights.of(Map.of("part", value)))
                        .isEqualTo(JsonSize.of(Map.of("part", value), Long.MAX_VALUE));
            }
        }
    }

    @Test
    void equalResults_areToldApartByIdentity() {
        var weights = new ValueSizes();
        List<Object> first = new ArrayList<>(List.of("text"));
        weights.of(first);
        List<Object> second = new ArrayList<>(List.of("text"));
        second.add("more");
        assertThat(weights.of(second)).isGreaterThan(weights.of(first));
    }
}
