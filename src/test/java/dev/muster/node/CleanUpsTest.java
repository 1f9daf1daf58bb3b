package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.expr.Expressions;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.run.BuiltIn;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CleanUpsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | {a: {sleep: 1s}}",
                "2 | {a: {sleep: 1s, finally: {sleep: 1s}}, b: {sleep: 1s, finally: {sleep: 1s}}}",
                "3 | {g: {group: {a: {sleep: 1s, finally: {sleep: 1s}}}, finally: {sleep: 1s}}}",
                "3 | {a: {plan: inner, finally: {sleep: 1s}}, b: {plan: inner}}"
            })
    void cleanUps_thatMayFollowEachOther_areCounted(int count, String steps) {
        Plan inner = parse("plan: inner\nsteps: {a: {sleep: 1s, finally: {sleep: 1s}}}");
        Plan plan = parse("plan: p\nsteps: " + steps);
        assertThat(PlanCalls.cleanUps(plan, Map.of("inner", inner, "p", plan))).isEqualTo(count);
    }

    @Test
    void mostCleanUps_isThatOfThePlanWithTheMost() {
        Plan none = parse("plan: p\nsteps: {a: {sleep: 1s}}");
        Plan inner = parse("plan: inner\nsteps: {a: {sleep: 1s, finally: {sleep: 1s}}}");

        assertThat(PlanCalls.mostCleanUps(Map.of("p", none, "inner", inner))).isEqualTo(2);
        assertThat(PlanCalls.mostCleanUps(Map.of())).isEqualTo(1);
    }

    private static Plan parse(String text) {
        var known = new Known(Map.of(), Set.of(), Set.of("inner", "p"), Set.of());
        return new PlanParser(new Language(BuiltIn.words()), new Expressions())
                .parse("test.yaml", text.getBytes(StandardCharsets.UTF_8), known);
    }
}
