package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan's own time-out: defaults are taken if that is enough, else the run ends. */
class DeadlineTest {

    private final Scenario scenario = Scenario.inOrder();

    @Test
    void unfinishedOptionalSteps_takeTheirValues() {
        var end = scenario.run("""
                plan: p
                timeout: 300ms
                steps:
                  a: {work: a, ms: 10, value: 1}
                  b: {work: b, ms: 9000, default: none}
                  c: {work: c, ms: 9000, optional: true}
                """);
        assertThat(end.state()).isEqualTo(EndState.DONE);
        assertThat(end.output()).hasToString("{a=1, b=none, c=null}");
        assertThat(scenario.millis()).isEqualTo(300);
        assertThat(scenario.work.cancelled).containsExactlyInAnyOrder("b", "c");
        assertThat(scenario.told().toString()).contains("\"path\":\"b\",\"state\":\"timedOut\"");
    }

    @Test
    void anotherUnfinishedStep_failsTheRun() {
        var end = scenario.run("""
                plan: p
                timeout: 300ms
                steps:
                  a: {work: a, ms: 10, value: 1}
                  b: {work: b, ms: 9000, default: none}
                  c: {work: c, ms: 9000}
                """);
        assertThat(end.state()).isEqualTo(EndState.TIMED_OUT);
        assertThat(end.failure().error().type().word()).isEqualTo("timeout");
        assertThat(end.failure().error().detail()).isEqualTo("no answer in 300 ms");
        assertThat(end.failure().finished()).containsExactly("a");
        assertThat(scenario.millis()).isEqualTo(300);
    }

    @Test
    void stepThatHasNotBegun_failsTheRunUnlessItHasADefault() {
        String plan = """
                plan: p
                timeout: 300ms
                steps:
                  a: {work: a, ms: 9000, default: 1}
                  b: {work: b, ms: 1, value: = a%s}
                """;
        assertThat(scenario.run(plan.formatted("")).state()).isEqualTo(EndState.TIMED_OUT);
        var again = Scenario.inOrder();
        var end = again.run(plan.formatted(", default: 2"));
        assertThat(end.output()).isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThat(again.work.began).containsExactly("a");
    }

    @Test
    void combinatorWhoseUnfinishedStepsHaveDefaults_goesOn() {
        var end = scenario.run("""
                plan: p
                timeout: 300ms
                steps:
                  g: {gather: {a: {work: a, ms: 10, value: 1}, b: {work: b, ms: 9000, default: 2}}}
                  e: {each: [1, 9000], as: n, do: {work: w, ms: = n, value: = n, optional: true}}
                """);
        assertThat(end.output()).hasToString("{g={a=1, b=2}, e=[1, null]}");
        assertThat(scenario.millis()).isEqualTo(300);
    }

    @Test
    void collectedFailures_doNotHideAnUnfinishedStep() {
        var end = scenario.run("""
                plan: p
                timeout: 300ms
                steps:
                  g: {gather: {a: {work: a, ms: 9000}}, errors: collect}
                """);
        assertThat(end.state()).isEqualTo(EndState.TIMED_OUT);
        assertThat(end.failure().step()).isEqualTo("g.a");
    }

    @Test
    void retry_doesNotBeginAgainAfterTheDeadline() {
        var end = scenario.run("""
                plan: p
                timeout: 300ms
                steps:
                  a: {work: a, ms: 200, fail: unavailable, retry: {times: 9, backoff: 1ms..1ms}, default: 0}
                """);
        assertThat(end.output()).isEqualTo(Map.of("a", 0L));
        assertThat(scenario.work.calls).containsEntry("a", 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void deadlineAtTheMomentAStepEnds_leavesNothing(long seed) {
        var shuffled = Scenario.shuffled(seed);
        var end = shuffled.run(
                "{plan: p, timeout: 300ms, steps: {a: {work: a, ms: 300, value: 1}, b: {work: b, ms: 300, default: 2}}}");
        assertThat(end.state()).as("seed %d", seed).isIn(EndState.DONE, EndState.TIMED_OUT);
        assertThat(shuffled.millis()).as("seed %d", seed).isEqualTo(300);
    }

    @Test
    void planWithoutTimeout_hasThirtySeconds() {
        var end = scenario.run("{plan: p, steps: {a: {work: a, ms: 100000}}}");
        assertThat(end.state()).isEqualTo(EndState.TIMED_OUT);
        assertThat(scenario.millis()).isEqualTo(30_000);
    }

    @Test
    void deadlineWhileTheNextStepBegins_holdsForItToo() {
        for (long seed = 0; seed < 500; seed++) {
            var shuffled = Scenario.shuffled(seed);
            var end = shuffled.run(
                    "{plan: p, timeout: 300ms, steps: {a: {work: a, ms: 300}, b: {work: b, ms: 999000, after: [a]}}}");
            assertThat(end.state()).as("seed %d", seed).isEqualTo(EndState.TIMED_OUT);
            assertThat(shuffled.millis()).as("seed %d", seed).isEqualTo(300);
        }
    }

    @Test
    void nestedPlansDeadline_takesItsDefaultsToo() {
        var end = scenario.plan(
                        "{plan: inner, timeout: 300ms, steps: {a: {set: 1}, b: {work: b, ms: 9000, default: 7}}}")
                .run("{plan: p, steps: {r: {plan: inner}}}");
        assertThat(end.output()).hasToString("{r={a=1, b=7}}");
        assertThat(scenario.millis()).isEqualTo(300);
    }

    @Test
    void runsDeadline_reachesTheDefaultsOfANestedPlan() {
        var end = scenario.plan("{plan: inner, steps: {a: {set: 1}, b: {work: b, ms: 9000, default: 7}}}")
                .run("{plan: p, timeout: 200ms, steps: {r: {plan: inner}}}");
        assertThat(end.output()).hasToString("{r={a=1, b=7}}");
        assertThat(scenario.millis()).isEqualTo(200);
    }

    @Test
    void cleanUp_runsAfterTheDeadline() {
        var end = scenario.run(
                "{plan: p, timeout: 200ms, steps: {a: {work: a, ms: 9000, default: 1, finally: {work: c, ms: 50}}}}");
        assertThat(end.output()).isEqualTo(Map.of("a", 1L));
        assertThat(scenario.work.began).contains("a.finally");
    }
}
