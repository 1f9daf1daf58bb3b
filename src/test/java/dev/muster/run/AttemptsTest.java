package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often a step was tried, and why before. */
class AttemptsTest {

    private final Scenario scenario = Scenario.inOrder();

    private Map<String, Object> step(String path) {
        return scenario.events.stream()
                .filter(event ->
                        event instanceof Event.StepEnd end && end.path().equals(path))
                .map(Event::toValue)
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    private static Map<String, Object> error(String type, String detail, double ms) {
        return Map.of("type", type, "detail", detail, "ms", ms);
    }

    @Test
    void attemptThatSucceeds_isTold_withTheErrorsBefore() {
        var run = scenario.start(
                "{plan: p, steps: {a: {work: a, ms: 20, fail: unavailable, times: 2, value: 5,"
                        + " retry: {times: 5, backoff: 1ms..1ms}}}}",
                Map.of(),
                false);
        scenario.end(run);

        assertThat(step("a"))
                .containsEntry("state", "done")
                .containsEntry("attempts", 3L)
                .containsEntry(
                        "errors", List.of(error("unavailable", "a broke", 20), error("unavailable", "a broke", 20)))
                .doesNotContainKey("error");
        assertThat(run.report().steps())
                .singleElement()
                .satisfies(step -> assertThat(step.attempts().count()).isEqualTo(3));
    }

    @Test
    void firstAttemptThatSucceeds_saysNothing() {
        scenario.run("{plan: p, steps: {a: {work: a, retry: {times: 5}}, b: {work: b}}}");
        assertThat(step("a")).doesNotContainKeys("attempts", "errors");
        assertThat(step("b")).doesNotContainKeys("attempts", "errors");
    }

    @Test
    void failureThatIsNotTriedAgain_saysNothing() {
        var end = scenario.run("{plan: p, steps: {a: {work: a, fail: query, retry: {times: 5}}}}");
        assertThat(step("a")).doesNotContainKeys("attempts", "errors");
        assertThat(end.failure().toValue()).doesNotContainKeys("attempts", "errors");
        assertThat(end.failure().attempts()).isNull();
    }

    @Test
    void lastFailure_isTheError_andTheRunsErrorHasAll() {
        var end = scenario.run(
                "{plan: p, steps: {a: {work: a, fail: unavailable, retry: {times: 2, backoff: 1ms..1ms}}}}");
        var before = List.of(error("unavailable", "a broke", 0), error("unavailable", "a broke", 0));

        assertThat(step("a")).containsEntry("attempts", 3L).containsEntry("errors", before);
        assertThat(end.failure().toValue())
                .containsEntry("type", "unavailable")
                .containsEntry("step", "a")
                .containsEntry("attempts", 3L)
                .containsEntry("errors", before);
    }

    @Test
    void timeOutInALaterAttempt_saysWhyThoseBeforeFailed() {
        var end = scenario.run("""
                plan: p
                steps:
                  a: {work: a, ms: 100, fail: unavailable, timeout: 250ms, retry: {times: 9, backoff: 1ms..1ms}}
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "timeout").containsEntry("attempts", 3L);
        assertThat(end.failure().attempts().errors())
                .hasSize(2)
                .allMatch(failed -> failed.type() == ErrorType.UNAVAILABLE && failed.nanos() == 100_000_000);
    }

    @Test
    void runsDeadlineInALaterAttempt_saysSoToo_andSoDoesADefault() {
        var end = scenario.run("""
                plan: p
                timeout: 150ms
                steps:
                  a: {work: a, ms: 100, fail: unavailable, retry: {times: 9, backoff: 1ms..1ms}}
                  b: {work: b, ms: 100, fail: unavailable, default: 0, retry: {times: 9, backoff: 1ms..1ms}}
                """);
        assertThat(end.failure().toValue()).containsEntry("attempts", 2L);
        assertThat(step("a")).containsEntry("state", "timedOut").containsEntry("attempts", 2L);
        assertThat(step("b")).containsEntry("attempts", 2L);
    }

    @Test
    void cancelBetweenTwoAttempts_tellsTheOneThatFailed() {
        var run = scenario.start("""
                {plan: p, steps: {a: {work: a, fail: unavailable, times: 1, more: {retryAfterMillis: 5000},
                 retry: {times: 1, backoff: 1ms..1ms}}}}""", Map.of(), false);
        scenario.loop.advance(Duration.ofMillis(10));
        assertThat(run.report().steps().get(0).attempts())
                .isEqualTo(new Attempts(1, List.of(new Attempts.Failed(ErrorType.UNAVAILABLE, "a broke", 0))));
        run.cancel(dev.muster.task.CancelReason.of("the caller left"));
        scenario.end(run);

        assertThat(step("a")).containsEntry("state", "cancelled").containsEntry("attempts", 1L);
    }

    @Test
    void combinatorThatIsTriedAgain_isToldWithItsOwnPath() {
        scenario.run("""
                plan: p
                steps:
                  g:
                    group: {a: {work: a, ms: 5, fail: unavailable, times: 1}}
                    retry: {times: 1, backoff: 1ms..1ms}
                """);
        assertThat(step("g"))
                .containsEntry("attempts", 2L)
                .containsEntry("errors", List.of(error("unavailable", "g.a broke", 5)));
        assertThat(step("g.a")).doesNotContainKey("attempts");
    }

    @Test
    void eachItem_hasItsOwn() {
        scenario.run("""
                plan: p
                steps:
                  e:
                    each: = [1, 2]
                    concurrency: 1
                    do: {work: w, fail: unavailable, times: 1, retry: {times: 1, backoff: 1ms..1ms}}
                """);
        assertThat(step("e[0]")).containsEntry("attempts", 2L);
        assertThat(step("e[1]")).doesNotContainKey("attempts");
        assertThat(step("e")).doesNotContainKey("attempts");
    }

    @Test
    void errorsOfARace_stayInTheErrorOfTheRun() {
        var end = scenario.run("""
                plan: p
                steps:
                  r:
                    race: {a: {work: a, fail: unavailable}, b: {work: b, fail: unavailable}}
                    retry: {times: 1, backoff: 1ms..1ms}
                """);
        assertThat(step("r")).containsEntry("attempts", 2L);
        assertThat((List<?>) step("r").get("errors")).hasSize(1);
        assertThat(end.failure().toValue()).containsEntry("attempts", 2L);
        assertThat(end.failure().toValue().get("errors").toString()).contains("a broke", "b broke");
    }

    @Test
    void list_isBounded_andSoAreItsTexts() {
        scenario.run("{plan: p, steps: {a: {work: a, fail: unavailable, optional: true,"
                + " retry: {times: 30, backoff: 1ms..1ms}}}}");
        assertThat(step("a")).containsEntry("attempts", 31L);
        assertThat((List<?>) step("a").get("errors")).hasSize(Attempts.MAX_ERRORS);

        var long1 = new MusterException(ErrorType.QUERY, "x".repeat(499) + "\ud83d\ude00" + "y".repeat(5_000));
        assertThat(Attempts.Failed.of(long1, 1).detail()).isEqualTo("x".repeat(499) + "…");
    }
}
