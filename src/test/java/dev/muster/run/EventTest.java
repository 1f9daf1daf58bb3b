package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run tells: the shapes of the events, their order, and which of them carry values. */
class EventTest {

    private final Scenario scenario = Scenario.inOrder();

    @Test
    void events_haveTheShapesOfTheLanguage() {
        scenario.run("{plan: p, steps: {a: {work: a, ms: 12, value: {id: 7}}}}");
        assertThat(scenario.told())
                .containsExactly(
                        "{\"event\":\"start\",\"run\":\"R\",\"plan\":\"p\"}",
                        "{\"event\":\"step\",\"path\":\"a\",\"state\":\"done\",\"value\":{\"id\":7}}",
                        "{\"event\":\"end\",\"state\":\"done\",\"output\":{\"a\":{\"id\":7}}}");
        assertThat(Json.write(scenario.events.get(1).toValue())).contains("\"ms\":12.0,");
    }

    @Test
    void failedRun_tellsTheErrorWithItsStep() {
        scenario.run("{plan: p, steps: {a: {work: a, fail: badResponse, more: {status: 503}}}}");
        assertThat(scenario.told())
                .contains(
                        "{\"event\":\"step\",\"path\":\"a\",\"state\":\"failed\","
                                + "\"error\":{\"type\":\"badResponse\",\"detail\":\"a broke\",\"status\":503}}",
                        "{\"event\":\"end\",\"state\":\"failed\","
                                + "\"error\":{\"type\":\"badResponse\",\"step\":\"a\",\"detail\":\"a broke\",\"status\":503}}");
    }

    @Test
    void stepOutsideTheOutput_carriesNoValueUnlessItStreams() {
        scenario.run("""
                plan: p
                steps:
                  a: {work: a, value: 1}
                  b: {work: b, value: 2, stream: true}
                  c: {work: c, value: 3}
                output: = c
                """);
        assertThat(scenario.told())
                .contains(
                        "{\"event\":\"step\",\"path\":\"a\",\"state\":\"done\"}",
                        "{\"event\":\"step\",\"path\":\"b\",\"state\":\"done\",\"value\":2}",
                        "{\"event\":\"step\",\"path\":\"c\",\"state\":\"done\",\"value\":3}");
    }

    @Test
    void combinator_carriesNoValue_itsChildrenDid() {
        scenario.run("{plan: p, steps: {e: {each: [7], do: {set: = item}}}}");
        assertThat(scenario.told())
                .containsSubsequence(
                        "{\"event\":\"step\",\"path\":\"e[0]\",\"state\":\"done\",\"value\":7}",
                        "{\"event\":\"step\",\"path\":\"e\",\"state\":\"done\"}");
    }

    @Test
    void nestedPlan_runsAsAPartOfTheRun() {
        var end = scenario.plan(
                        "{plan: inner, input: {n: integer}, steps: {x: {work: x, ms: 5, value: = input.n * 2}}, output: = x}")
                .run("{plan: p, steps: {a: {plan: inner, with: {n: 21}}}}");
        assertThat(end.output()).isEqualTo(Map.of("a", 42L));
        assertThat(scenario.told()).contains("{\"event\":\"step\",\"path\":\"a.x\",\"state\":\"done\",\"value\":42}");
    }

    @Test
    void nestedPlanWithWrongInput_failsItsStep() {
        var end = scenario.plan("{plan: inner, input: {n: integer}, output: = input.n}")
                .run("{plan: p, steps: {a: {plan: inner, with: {n: text}}}}");
        assertThat(end.failure().toValue()).containsEntry("type", "badInput").containsEntry("step", "a");
    }

    @Test
    void nestedPlansTimeout_failsItsStep() {
        var end = scenario.plan("{plan: inner, timeout: 10ms, steps: {x: {work: x, ms: 500}}}")
                .run("{plan: p, steps: {a: {plan: inner}}}");
        assertThat(end.failure().toValue()).containsEntry("type", "timeout").containsEntry("step", "a");
        assertThat(scenario.millis()).isEqualTo(10);
    }

    @Test
    void fail_hasItsTypeAndMessage() {
        var end = scenario.run("{plan: p, steps: {a: {fail: not today, type: denied}}}");
        assertThat(end.failure().toValue()).containsEntry("type", "denied").containsEntry("detail", "not today");
    }

    @Test
    void sleep_takesADurationOrAnExpression() {
        var end = scenario.run(
                "{plan: p, input: {d: string}, steps: {a: {sleep: 20ms}, b: {sleep: = input.d}}}", Map.of("d", "30ms"));
        assertThat(end.output()).hasToString("{a=null, b=null}");
        assertThat(scenario.millis()).isEqualTo(30);
    }

    @Test
    void runIds_have26CharactersAndSortByTime() {
        var a = RunId.next(java.time.Instant.ofEpochMilli(1));
        var b = RunId.next(java.time.Instant.ofEpochMilli(2));
        assertThat(a).hasSize(26).isLessThan(b);
    }
}
