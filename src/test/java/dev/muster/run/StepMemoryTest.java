package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the results of steps take of the node's memory. */
class StepMemoryTest {

    /** A result of so many bytes of JSON is counted as some 400,000 in memory. */
    private static final Map<String, Object> BIG = Map.of("big", "x".repeat(100_000));

    private static final long BYTES = 400_000;

    private final MemoryBudget budget = new MemoryBudget(3 * BYTES);
    private final MemoryBudget.Share share = budget.share();
    private final Scenario scenario = Scenario.inOrder().memory(share);

    private long lent() {
        return budget.statistics().lentBytes();
    }

    private Event.End run(String steps) {
        return scenario.run("plan: p\ninput: {big: object}\n" + steps, inputs());
    }

    private static Map<String, Object> inputs() {
        return Map.of("big", BIG);
    }

    private static String failure(Event.End end) {
        return end.failure() == null ? "none" : String.valueOf(end.failure().toValue());
    }

    @Test
    void result_isCountedUntilTheRunEnds() {
        Run run = scenario.start("""
                plan: p
                input: {big: object}
                output: 1
                steps:
                  a: {work: x, ms: 10, value: = input.big}
                  b: {after: [a], work: y, ms: 10}
                """, inputs(), false);
        scenario.loop.advance(Duration.ofMillis(5));
        assertThat(lent()).as("before").isLessThan(BYTES / 4);
        scenario.loop.advance(Duration.ofMillis(10));
        assertThat(lent()).as("while the next step is at work").isBetween(BYTES, 2 * BYTES);
        assertThat(failure(scenario.end(run))).isEqualTo("none");
        assertThat(lent()).as("behind it").isLessThan(BYTES / 4);
        share.letGo();
        assertThat(lent()).isZero();
    }

    @Test
    void resultOfManyParts_whichIsWeighedElsewhere_isCounted() {
        var end = run(
                "output: = size(a)\nsteps: {a: {work: x, value: '= lists.range(150000)'}, b: {after: [a], sleep: 1ms}}");
        assertThat(failure(end)).contains("limit", "server.limits.memory");
    }

    @Test
    void runThatDoesNotGetIt_endsWithLimit_andSaysWhenToAskAgain() {
        MemoryBudget.Share other = budget.share();
        other.takes(5 * BYTES / 2);
        String plan = "steps: {a: {work: x, value: = input.big}}";
        assertThat(failure(run(plan))).contains("type=limit", "retryAfter=1", "server.limits.memory", "step=a");
        other.letGo();
        assertThat(failure(run(plan))).isEqualTo("none");
    }

    @Test
    void resultThatAloneIsTooMuch_isNotAskedForAgain() {
        assertThat(failure(run("steps: {a: {gather: [{work: x, value: = input.big}, {work: x, value: = input.big},"
                        + " {work: x, value: = input.big}, {work: x, value: = input.big}]}}")))
                .contains("type=limit", "it needs more than")
                .doesNotContain("retryAfter");
    }

    @Test
    void resultThatIsPassedOn_isCountedOnce() {
        scenario.plan("plan: inner\ninput: {big: object}\nsteps: {a: {work: x, value: = input.big}}");
        var end = run("""
                output: {b: = d.a, e: = e}
                steps:
                  d: {plan: inner, with: {big: = input.big}}
                  e: {gather: {f: {set: = d.a}}}
                  g: {group: {h: {set: = d}}, output: {i: = h, j: = h.a}}
                """);
        assertThat(failure(end)).isEqualTo("none");
    }

    @Test
    void itemsThatNobodyKeeps_areLetGo() {
        assertThat(failure(run("""
                output: 1
                steps:
                  a: {each: = lists.range(50), concurrency: 1, do: {work: x, value: = input.big}}
                """))).isEqualTo("none");
    }

    @Test
    void whatStepsInsideAnItemGave_isLetGoWithTheItem() {
        assertThat(failure(run("""
                steps:
                  a:
                    each: = lists.range(50)
                    concurrency: 1
                    do: {group: {b: {work: x, value: = input.big}}, output: '= size(b.big)'}
                """))).isEqualTo("none");
        assertThat(lent()).isLessThan(BYTES / 4);
    }

    @Test
    void stepsThatFail_letGoOfWhatIsInsideThem() {
        assertThat(failure(run("""
                steps:
                  a:
                    each: = lists.range(50)
                    concurrency: 1
                    do: {sequence: [{work: x, value: = input.big}, {work: y, fail: failed}], optional: true}
                """))).isEqualTo("none");
        // One that finds no memory would not come as far as that.
        assertThat(scenario.work.calls).containsEntry("y", 50);
    }

    @Test
    void itemsThatAreKept_countTogether_alsoSmallOnes() {
        assertThat(failure(run("""
                steps:
                  a: {each: = lists.range(1000), concurrency: 1, do: {work: x, value: '= input.big.big.substring(0, 500)'}}
                """))).contains("type=limit", "server.limits.memory");
        assertThat(scenario.work.began.size()).isLessThan(1_000);
    }

    @Test
    void smallResults_areNotCounted() {
        Run run = scenario.start("""
                plan: p
                steps:
                  a: {work: x, value: [1, 2, 3]}
                  b: {after: [a], work: y, ms: 10}
                """, Map.of(), false);
        scenario.loop.advance(Duration.ofMillis(5));
        assertThat(lent()).isLessThan(8_000);
        scenario.end(run);
    }

    @Test
    void cleanUp_runsWhereThereIsNoMemoryLeft() {
        Run run = scenario.start("""
                plan: p
                input: {big: object}
                steps:
                  a: {work: x, ms: 10, finally: {sequence: [{work: unlock}, {work: told, value: = input.big}]}}
                """, inputs(), false);
        scenario.loop.advance(Duration.ofMillis(5));
        MemoryBudget.Share other = budget.share();
        while (other.tryTake(1_000)) {
            assertThat(lent()).isPositive();
        }
        share.counts(100_000);
        assertThat(failure(scenario.end(run))).isEqualTo("none");
        assertThat(scenario.work.calls).containsKeys("unlock", "told");
        share.letGo();
        other.letGo();
        assertThat(lent()).isZero();
    }
}
