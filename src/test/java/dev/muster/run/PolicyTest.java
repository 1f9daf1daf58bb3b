package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The policies of a step, one by one and in each other. */
class PolicyTest {

    private final Scenario scenario = Scenario.inOrder();

    @Test
    void failure_endsTheRunAndCancelsSiblings() {
        var end = scenario.run("""
                plan: p
                steps:
                  bad: {work: bad, ms: 10, fail: query}
                  slow: {work: slow, ms: 5000}
                  fast: {work: fast, ms: 1}
                  later: {work: later, after: [slow]}
                """);
        assertThat(end.state()).isEqualTo(EndState.FAILED);
        assertThat(end.failure().toValue())
                .containsEntry("type", "query")
                .containsEntry("step", "bad")
                .containsEntry("detail", "bad broke");
        assertThat(end.failure().finished()).containsExactly("fast");
        assertThat(end.failure().stopped()).containsExactly("slow");
        assertThat(end.failure().notStarted()).containsExactly("later");
        assertThat(scenario.work.cancelled).containsExactly("slow");
        assertThat(scenario.millis()).isEqualTo(10);
    }

    @Test
    void optionalFailure_givesNullAndIsReported() {
        var run = scenario.start(
                "{plan: p, steps: {a: {work: a, fail: unavailable, optional: true}, b: {set: '= a == null'}}}",
                Map.of(),
                false);
        var end = scenario.end(run);
        assertThat(end.output()).hasToString("{a=null, b=true}");
        assertThat(run.report().partial()).containsExactly("a");
        assertThat(scenario.told().toString()).contains("\"path\":\"a\",\"state\":\"failed\"");
    }

    @Test
    void defaultValue_isTakenOnFailureAndMayBeComputed() {
        var end = scenario.run(
                "{plan: p, input: {n: integer}, steps: {a: {work: a, fail: failed, default: '= input.n'}}}",
                Map.of("n", 7L));
        assertThat(end.output()).isEqualTo(Map.of("a", 7L));
    }

    @Test
    void timeout_endsTheWorkAndSaysHowLong() {
        var end = scenario.run("{plan: p, steps: {a: {work: a, ms: 9000, timeout: 300ms}}}");
        assertThat(end.state()).isEqualTo(EndState.TIMED_OUT);
        assertThat(end.failure().toValue()).containsEntry("type", "timeout").containsEntry("step", "a");
        assertThat(end.failure().error().detail()).contains("300 ms");
        assertThat(scenario.work.cancelled).containsExactly("a");
        assertThat(scenario.millis()).isEqualTo(300);
    }

    @Test
    void timeoutWithDefault_givesTheDefault() {
        var end = scenario.run("{plan: p, steps: {a: {work: a, ms: 9000, timeout: 300ms, default: []}}}");
        assertThat(end.output()).isEqualTo(Map.of("a", List.of()));
        assertThat(scenario.told().toString()).contains("\"state\":\"timedOut\"");
    }

    @Test
    void timeout_coversAllAttempts() {
        var end = scenario.run("""
                plan: p
                steps:
                  a: {work: a, ms: 100, fail: unavailable, timeout: 250ms, retry: {times: 9, backoff: 1ms..1ms}}
                """);
        assertThat(end.failure().error().detail()).contains("250 ms");
        assertThat(scenario.work.calls).containsEntry("a", 3);
    }

    @Test
    void retry_healsAPassingFailure() {
        var end = scenario.run(
                "{plan: p, steps: {a: {work: a, fail: unavailable, times: 2, value: 5, retry: {times: 2, backoff: 10ms..50ms}}}}");
        assertThat(end.output()).isEqualTo(Map.of("a", 5L));
        assertThat(scenario.work.calls).containsEntry("a", 3);
        assertThat(scenario.millis()).isLessThanOrEqualTo(10 + 20);
    }

    @Test
    void retry_givesUpAfterItsTimes() {
        var end = scenario.run(
                "{plan: p, steps: {a: {work: a, fail: unavailable, retry: {times: 2, backoff: 1ms..1ms}}}}");
        assertThat(end.failure().error().type().word()).isEqualTo("unavailable");
        assertThat(scenario.work.calls).containsEntry("a", 3);
    }

    @Test
    void retry_leavesOtherTypesAlone() {
        scenario.run("{plan: p, steps: {a: {work: a, fail: query, retry: {times: 2, backoff: 1ms..1ms}}}}");
        assertThat(scenario.work.calls).containsEntry("a", 1);
    }

    @Test
    void retryOn_namesTheTypes() {
        scenario.run(
                "{plan: p, steps: {a: {work: a, fail: query, retry: {times: 2, backoff: 1ms..1ms, on: [query]}}}}");
        assertThat(scenario.work.calls).containsEntry("a", 3);
    }

    @Test
    void retry_takesBadResponsesByStatus() {
        scenario.run("""
                plan: p
                steps:
                  a: {work: a, fail: badResponse, more: {status: 503}, optional: true, retry: {times: 1, backoff: 1ms..1ms}}
                  b: {work: b, fail: badResponse, more: {status: 404}, optional: true, retry: {times: 1, backoff: 1ms..1ms}}
                """);
        assertThat(scenario.work.calls).containsEntry("a", 2).containsEntry("b", 1);
    }

    @Test
    void retryAfter_isHonoured() {
        scenario.run("""
                plan: p
                steps:
                  a:
                    work: a
                    fail: unavailable
                    times: 1
                    more: {retryAfterMillis: 700}
                    retry: {times: 1, backoff: 1ms..1ms}
                """);
        assertThat(scenario.millis()).isGreaterThanOrEqualTo(700);
    }

    @Test
    void finally_runsAfterSuccessFailureAndTimeout() {
        scenario.run("""
                plan: p
                steps:
                  a: {work: a, finally: {work: ca}}
                  b: {work: b, fail: failed, optional: true, finally: {work: cb}}
                  c: {work: c, ms: 900, timeout: 5ms, optional: true, finally: {work: cc}}
                """);
        assertThat(scenario.work.began).contains("a.finally", "b.finally", "c.finally");
    }

    @Test
    void finally_runsToItsEndWhenTheRunIsCancelled() {
        var run = scenario.start(
                "{plan: p, steps: {a: {work: a, ms: 9000, finally: {work: c, ms: 50}}}}", Map.of(), false);
        scenario.loop.advance(java.time.Duration.ofMillis(10));
        run.cancel(dev.muster.task.CancelReason.of("caller left"));
        run.cancel(dev.muster.task.CancelReason.of("again"));
        var end = scenario.end(run);
        assertThat(end.state()).isEqualTo(EndState.CANCELLED);
        assertThat(end.failure().error().detail()).isEqualTo("caller left");
        assertThat(scenario.work.cancelled).containsExactly("a");
        assertThat(scenario.work.began).contains("a.finally");
        assertThat(scenario.millis()).isEqualTo(60);
    }

    @Test
    void cancellation_isNeverMadeOptional() {
        var run = scenario.start("{plan: p, steps: {a: {work: a, ms: 9000, default: 1}}}", Map.of(), false);
        scenario.loop.runReady();
        run.cancel(dev.muster.task.CancelReason.of("caller left"));
        assertThat(scenario.end(run).state()).isEqualTo(EndState.CANCELLED);
    }

    @Test
    void cancelBeforeAnythingBegan_endsTheRunAtOnce() {
        var run = scenario.start("{plan: p, steps: {a: {work: a, ms: 9000}}}", Map.of(), false);
        run.cancel(dev.muster.task.CancelReason.of("caller left"));
        assertThat(scenario.end(run).state()).isEqualTo(EndState.CANCELLED);
        assertThat(scenario.work.began).isEmpty();
    }

    @Test
    void missingKey_namesThePlaceInTheFile() {
        var end = scenario.run("""
                plan: p
                steps:
                  a: {set: {x: 1}}
                  b:
                    work: b
                    value: = a.y
                """);
        assertThat(end.failure().toValue()).containsEntry("type", "expression").containsEntry("step", "b");
        assertThat(end.failure().error().detail()).startsWith("test.yaml:6:").contains("y");
    }

    @Test
    void finallyInASequentialRun_takesNoTurn() {
        var run = scenario.start(
                "{plan: p, steps: {a: {work: a, ms: 10, finally: {work: c, ms: 20}}, b: {work: b, ms: 10}}}",
                Map.of(),
                true);
        assertThat(scenario.end(run).state()).isEqualTo(EndState.DONE);
        assertThat(scenario.work.began).contains("a.finally");
        assertThat(scenario.millis()).isLessThanOrEqualTo(40);
    }

    @Test
    void retryAfterBeyondTheTimeThatIsLeft_failsAtOnceWithTheUpstreamsError() {
        var end = scenario.run("""
                plan: p
                timeout: 2s
                steps:
                  a:
                    work: a
                    ms: 10
                    fail: badResponse
                    more: {status: 429, retryAfterMillis: 60000}
                    retry: {times: 1, backoff: 1ms..1ms}
                """);
        assertThat(end.failure().error().type().word()).isEqualTo("badResponse");
        assertThat(scenario.millis()).isEqualTo(10);
    }
}
