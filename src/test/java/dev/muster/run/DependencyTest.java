package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs when: side by side unless a step mentions another one. */
class DependencyTest {

    private final Scenario scenario = Scenario.inOrder();

    @Test
    void independentSteps_runSideBySide() {
        var end = scenario.run("""
                plan: p
                steps:
                  a: {work: a, ms: 2000, value: 1}
                  b: {work: b, ms: 2000, value: 2}
                  c: {work: c, ms: 2000, value: 3}
                """);
        assertThat(end.output()).isEqualTo(Map.of("a", 1L, "b", 2L, "c", 3L));
        assertThat(scenario.millis()).isEqualTo(2000);
        assertThat(scenario.work.mostRunning).isEqualTo(3);
    }

    @Test
    void sequentialRun_takesOneStepAtATime() {
        var run = scenario.start("""
                plan: p
                timeout: 3s
                steps:
                  a: {work: a, ms: 2000, value: 1, timeout: 2500ms}
                  b: {work: b, ms: 2000, value: 2}
                  c: {each: [1, 2], as: i, do: {work: c, ms: 1000}}
                """, Map.of(), true);
        var end = scenario.end(run);
        assertThat(end.state()).isEqualTo(EndState.DONE);
        assertThat(scenario.work.mostRunning).isEqualTo(1);
        assertThat(scenario.millis()).isEqualTo(6000);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void mention_makesAStepWait_inEveryOrder(long seed) {
        var shuffled = Scenario.shuffled(seed);
        var end = shuffled.run("""
                plan: p
                steps:
                  d: {work: d, ms: 10, value: = b + c}
                  b: {work: b, ms: 20, value: = a + 1}
                  c: {work: c, ms: 30, value: = a + 2}
                  a: {work: a, ms: 5, value: 10}
                output: = d
                """);
        assertThat(end.output()).as("seed %d", seed).isEqualTo(23L);
        assertThat(shuffled.millis()).as("seed %d", seed).isEqualTo(45);
    }

    @Test
    void after_makesAStepWaitWithoutMention() {
        scenario.run("""
                plan: p
                steps:
                  a: {work: a, ms: 5}
                  b: {work: b, ms: 5, after: [a]}
                """);
        assertThat(scenario.work.began).containsExactly("a", "b");
        assertThat(scenario.millis()).isEqualTo(10);
    }

    @Test
    void listOfSteps_runsInOrder() {
        var end = scenario.run("""
                plan: p
                steps:
                  - a: {work: a, ms: 5, value: 1}
                  - b: {work: b, ms: 5, value: = a + 1}
                output: = b
                """);
        assertThat(end.output()).isEqualTo(2L);
        assertThat(scenario.millis()).isEqualTo(10);
    }

    @Test
    void skippedStep_isNullToOthers() {
        var end = scenario.run("""
                plan: p
                input: {on: boolean}
                steps:
                  a: {work: a, when: = input.on, value: 1}
                  b: {set: {seen: = a}}
                output: = b
                """, Map.of("on", false));
        assertThat(String.valueOf(end.output())).isEqualTo("{seen=null}");
        assertThat(scenario.told()).contains("{\"event\":\"step\",\"path\":\"a\",\"state\":\"skipped\"}");
    }

    @Test
    void whenOfAnotherType_isAnExpressionError() {
        var end = scenario.run("""
                plan: p
                steps:
                  a: {set: text}
                  b: {work: b, when: = a}
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "expression").containsEntry("step", "b");
    }
}
