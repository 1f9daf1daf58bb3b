package dev.muster.plan;

import static dev.muster.plan.Fixture.problemsOfSteps;
import static dev.muster.plan.Fixture.steps;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoliciesTest {

    private static Policies policies(String yaml) {
        return steps("a: {set: 1, " + yaml + "}\n").steps().get(0).policies();
    }

    private static List<String> problems(String yaml) {
        return problemsOfSteps("a: {set: 1, " + yaml + "}\n");
    }

    @Test
    void everyPolicy_isRead() {
        Policies policies = policies("when: = input.id > 1, default: {x: []}, finally: {set: 2}, timeout: 2s,"
                + " retry: {times: 3, backoff: 10ms..2s, on: [timeout]}, idempotent: true, stream: true");
        assertThat(policies.when().references()).containsExactly("input");
        assertThat(policies.otherwise()).isEqualTo(new Template.Literal(Map.of("x", List.of())));
        assertThat(policies.finallyStep().name()).isEqualTo("finally");
        assertThat(policies.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(policies.retry())
                .isEqualTo(
                        new Policies.Retry(3, Duration.ofMillis(10), Duration.ofSeconds(2), Set.of(ErrorType.TIMEOUT)));
        assertThat(policies.idempotent()).isTrue();
        assertThat(policies.stream()).isTrue();
        assertThat(policies.survivesFailure()).isTrue();
    }

    @Test
    void retry_hasDefaults() {
        assertThat(policies("retry: {}").retry())
                .isEqualTo(new Policies.Retry(2, Duration.ofMillis(100), Duration.ofSeconds(2), null));
    }

    @Test
    void defaultOfNull_isADefault() {
        assertThat(policies("default: null").otherwise()).isEqualTo(new Template.Literal(null));
        assertThat(policies("optional: true").otherwise()).isNull();
    }

    @Test
    void whenOfAnotherType_isRefused() {
        assertThat(policies("when: false").when()).isEqualTo(new Template.Literal(false));
        assertThat(problems("when: sometimes"))
                .containsExactly("p.yaml:4:21: when of the step \"a\" must be an expression (= …), true or false");
    }

    @Test
    void optionalAndDefault_areRefusedTogether() {
        assertThat(problems("optional: true, default: 1"))
                .containsExactly(
                        "p.yaml:4:25: the step \"a\" has both \"optional\" and \"default\"; use default alone");
    }

    @Test
    void timeoutBeyondARun_isRefused() {
        String message = "timeout of the step \"a\" must be from 1ms to 15m, the longest run";
        assertThat(problems("timeout: 16m")).containsExactly("p.yaml:4:24: " + message);
        assertThat(problems("timeout: 0s")).containsExactly("p.yaml:4:24: " + message);
    }

    @Test
    void wrongRetries_areRefused() {
        assertThat(problems("retry: {times: 0, backof: 1s..2s}"))
                .containsExactly(
                        "p.yaml:4:30: times of retry of the step \"a\" must be a whole number from 1 to 100, not \"0\"",
                        "p.yaml:4:33: unknown word \"backof\" in retry of the step \"a\" (did you mean \"backoff\"?)");
        String backoff = "backoff of retry of the step \"a\" must be MIN..MAX, such as 50ms..1s, MAX at most 15m, not ";
        assertThat(problems("retry: {backoff: 1s}")).containsExactly("p.yaml:4:32: " + backoff + "\"1s\"");
        assertThat(problems("retry: {backoff: 2s..1s}")).containsExactly("p.yaml:4:32: " + backoff + "\"2s..1s\"");
        assertThat(problems("retry: {on: [tiemout, cancelled]}").get(0))
                .startsWith(
                        "p.yaml:4:28: \"tiemout\" is not an error type (did you mean \"timeout\"?); they are badInput");
        assertThat(problems("retry: {on: [cancelled]}"))
                .containsExactly("p.yaml:4:28: a cancellation is never retried");
        assertThat(problems("retry: {on: []}"))
                .containsExactly("p.yaml:4:27: on of retry of the step \"a\" has no error type");
        assertThat(problems("retry: 3"))
                .containsExactly("p.yaml:4:22: retry of the step \"a\" must be a map, not \"3\"");
    }

    @Test
    void retryOfEffects_needsIdempotent() {
        String message = " has effects, and a retry would repeat them; if that does no harm, set idempotent: true";
        assertThat(problemsOfSteps("a: {http: web, post: /, retry: {times: 1}}\n"))
                .containsExactly("p.yaml:4:3: retry of the step \"a\": http here" + message);
        assertThat(problemsOfSteps("a: {http: web, post: /, retry: {times: 1}, idempotent: true}\n"))
                .isEmpty();
        assertThat(problemsOfSteps("a: {http: web, get: /, retry: {times: 1}}\n"))
                .isEmpty();
        assertThat(problemsOfSteps("a: {postgres: catalog, sql: delete from x, retry: {times: 1}}\n"))
                .hasSize(1);
    }

    @Test
    void retryOfACombinator_looksInside() {
        assertThat(problemsOfSteps("a:\n  gather: {c: {sequence: [{http: web, post: /}]}}\n  retry: {times: 1}\n"))
                .containsExactly(
                        "p.yaml:4:3: retry of the step \"a\": http of the step in line 5 has effects, and a retry"
                                + " would repeat them; if that does no harm, set idempotent: true");
        assertThat(problemsOfSteps("a: {gather: {b: {queue: enrich, put: 1}}, retry: {times: 1}}\n"))
                .containsExactly("p.yaml:4:3: retry of the step \"a\": queue of the step \"b\" has effects, and a retry"
                        + " would repeat them; if that does no harm, set idempotent: true");
        assertThat(problemsOfSteps("a: {gather: {b: {queue: enrich, put: 1, idempotent: true}}, retry: {times: 1}}\n"))
                .isEmpty();
        assertThat(problemsOfSteps("a: {gather: {b: {queue: enrich, put: 1}}, retry: {times: 1}, idempotent: true}\n"))
                .isEmpty();
    }

    @Test
    void cleanUpOfTheStepItself_isNotRetried() {
        assertThat(problemsOfSteps("a: {set: 1, finally: {http: web, post: /}, retry: {times: 1}}\n"))
                .isEmpty();
        assertThat(problemsOfSteps("a: {group: {b: {set: 1, finally: {http: web, post: /}}}, retry: {times: 1}}\n"))
                .hasSize(1);
    }

    @Test
    void cleanUp_waitsForNobody() {
        assertThat(problemsOfSteps("b: {set: 1}\na: {set: 1, finally: {set: 2, after: [b]}}\n"))
                .containsExactly("p.yaml:5:41: this step has no siblings, so it cannot wait for any");
    }

    @Test
    void afterOfAnotherType_isRefused() {
        assertThat(problems("after: b"))
                .containsExactly("p.yaml:4:22: after of the step \"a\" must be a list, not \"b\"");
        assertThat(problems("after: [1]"))
                .containsExactly("p.yaml:4:23: each item of after of the step \"a\" must be the name of a step");
    }
}
