package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.plan.MusterException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A run whose caller waits less long than the plan allows, and what its steps know of their time. */
class CallersDeadlineTest {

    private final Scenario scenario = Scenario.inOrder();

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void callersDeadline_isSmaller_endsTheRun_andSaysWhose() {
        var end = scenario.end(scenario.start("{plan: p, timeout: 2s, steps: {a: {work: a, ms: 9000}}}", ms(300)));

        assertThat(end.state()).isEqualTo(EndState.TIMED_OUT);
        assertThat(end.failure().error().type().word()).isEqualTo("timeout");
        assertThat(end.failure().error().detail()).isEqualTo("no answer within the 300 ms that Muster-Deadline gives");
        assertThat(scenario.millis()).isEqualTo(300);
        assertThat(scenario.work.cancelled).containsExactly("a");
    }

    @Test
    void plansTime_isSmaller_counts() {
        var end = scenario.end(scenario.start("{plan: p, timeout: 200ms, steps: {a: {work: a, ms: 9000}}}", ms(300)));

        assertThat(end.failure().error().detail()).isEqualTo("no answer in 200 ms");
        assertThat(scenario.millis()).isEqualTo(200);
    }

    @Test
    void nodesTime_isSmaller_counts() {
        scenario.limits(new RunLimits(ms(100), ms(1_000), 1 << 20, 1 << 20, 100, 4, 100, 5_000));
        var end = scenario.end(scenario.start("{plan: p, steps: {a: {work: a, ms: 9000}}}", Duration.ofDays(365)));

        assertThat(end.failure().error().detail()).isEqualTo("no answer in 100 ms");
    }

    @Test
    void callersDeadline_letsDefaultsBeTaken() {
        var end = scenario.end(scenario.start(
                "{plan: p, steps: {a: {work: a, ms: 9000, default: 1}, b: {work: b, value: 2}}}", ms(300)));

        assertThat(end.output()).isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThat(scenario.millis()).isEqualTo(300);
    }

    @Test
    void deadlineThatHasPassed_startsNothing() {
        assertThatThrownBy(() -> scenario.start("{plan: p, steps: {a: {work: a}}}", Duration.ZERO))
                .isInstanceOf(MusterException.class)
                .hasMessage("no answer within the 0 ms that Muster-Deadline gives");
        scenario.loop.run();
        assertThat(scenario.work.began).isEmpty();
        assertThat(scenario.events).isEmpty();
        assertThat(scenario.loop.waitingTimers()).isZero();
    }

    @Test
    void nestedPlan_hasNoMoreTimeThanTheRun() {
        scenario.plan("{plan: inner, timeout: 5s, steps: {b: {work: b, ms: 9000}}}");
        var end = scenario.end(scenario.start("{plan: outer, steps: {a: {plan: inner}}}", ms(300)));

        assertThat(scenario.millis()).isEqualTo(300);
        assertThat(end.failure().step()).isEqualTo("a");
        assertThat(scenario.work.left).containsExactly(300L);
    }

    @Test
    void steps_knowHowMuchOfTheRunsTimeIsLeft() {
        scenario.run("""
                plan: p
                timeout: 500ms
                steps:
                  a: {work: a, ms: 200}
                  b: {work: b, ms: 10, timeout: 100ms, after: [a]}
                  c: {work: c, ms: 10, timeout: 2s, after: [b]}
                """);
        assertThat(scenario.work.left).containsExactly(500L, 100L, 290L);
    }

    @Test
    void nestedPlansTime_isKnownInside() {
        scenario.plan("{plan: inner, timeout: 50ms, steps: {b: {work: b}}}");
        scenario.run("{plan: outer, timeout: 300ms, steps: {a: {plan: inner}, c: {work: c, after: [a]}}}");
        assertThat(scenario.work.left).containsExactly(50L, 300L);
    }

    @Test
    void eachAttempt_knowsWhatIsLeft() {
        scenario.run("""
                plan: p
                timeout: 1s
                steps:
                  a: {work: a, ms: 100, fail: unavailable, times: 2, retry: {times: 2, backoff: 1ms..1ms}}
                """);
        assertThat(scenario.work.left).hasSize(3).isSortedAccordingTo((one, other) -> Long.compare(other, one));
        assertThat(scenario.work.left.get(0)).isEqualTo(1_000);
        assertThat(scenario.work.left.get(2)).isBetween(795L, 800L);
    }

    @Test
    void cleanUp_hasItsOwnTime() {
        scenario.end(scenario.start("{plan: p, steps: {a: {work: a, ms: 9000, finally: {work: z, ms: 5}}}}", ms(30)));
        assertThat(scenario.work.left).containsExactly(30L, 2_000L);
    }

    @Test
    void optionalStepWithALaterTimeout_takesItsDefaultAtTheRunsDeadline() {
        var end = scenario.run("""
                plan: p
                timeout: 300ms
                steps:
                  a: {work: a, ms: 9000, timeout: 5s, default: none}
                  b: {group: {c: {work: c, ms: 9000, timeout: 1s, optional: true}}}
                """);
        assertThat(end.state()).isEqualTo(EndState.DONE);
        assertThat(scenario.millis()).isEqualTo(300);
        assertThat(scenario.work.cancelled).containsExactlyInAnyOrder("a", "b.c");
    }
}
