package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The combinators of the language: what they give, and what a failure, a time-out and a cancel mean in them. */
class CombinatorTest {

    private final Scenario scenario = Scenario.inOrder();

    private String output(String steps) {
        var end = scenario.run("plan: p\nsteps:\n" + steps.indent(2) + "output: = r\n");
        return end.failure() == null
                ? Json.write(end.output())
                : String.valueOf(end.failure().toValue());
    }

    @Test
    void gatherOfAMap_givesAMap() {
        assertThat(output("r: {gather: {b: {work: b, ms: 5, value: 1}, a: {work: a, ms: 1, value: 2}}}"))
                .isEqualTo("{\"b\":1,\"a\":2}");
    }

    @Test
    void gatherOfAList_givesAList_inTheOrderAsked() {
        assertThat(output("r: {gather: [{work: x, ms: 5, value: 1}, {work: y, ms: 1, value: 2}]}"))
                .isEqualTo("[1,2]");
        assertThat(
                        new CombinatorTest()
                                .output(
                                        "r: {gather: [{work: x, ms: 5, value: 1}, {work: y, ms: 1, value: 2}], order: completion}"))
                .isEqualTo("[2,1]");
    }

    @Test
    void gather_failsFast() {
        assertThat(output("r: {gather: {a: {work: a, ms: 1, fail: file}, b: {work: b, ms: 5000}}}"))
                .contains("type=file", "step=r.a");
        assertThat(scenario.work.cancelled).containsExactly("r.b");
        assertThat(scenario.millis()).isEqualTo(1);
    }

    @Test
    void gatherCollect_givesOutcomes() {
        assertThat(output("r: {gather: {a: {work: a, fail: file}, b: {work: b, value: 1}}, errors: collect}"))
                .isEqualTo("{\"a\":{\"error\":{\"type\":\"file\",\"detail\":\"r.a broke\"}},\"b\":{\"ok\":1}}");
    }

    @Test
    void gatherCollect_endsAStepWhoseInputFailed() {
        assertThat(output("r: {gather: {a: {work: a, fail: file}, b: {set: = a}}, errors: collect}"))
                .contains(
                        "\"b\":{\"error\":{\"type\":\"file\",\"detail\":\"not run, because r.a failed: r.a broke\"}}");
    }

    @Test
    void gatherWithConcurrency_runsNoMoreAtOnce() {
        output("r: {gather: [{work: a, ms: 5}, {work: b, ms: 5}, {work: c, ms: 5}], concurrency: 2}");
        assertThat(scenario.work.mostRunning).isEqualTo(2);
    }

    @Test
    void each_keepsTheOrderOfTheInput_andTheBoundOnConcurrency() {
        assertThat(output("r: {each: [30, 10, 20], as: n, concurrency: 2, do: {work: w, ms: = n, value: = n}}"))
                .isEqualTo("[30,10,20]");
        assertThat(scenario.work.mostRunning).isEqualTo(2);
    }

    @Test
    void eachInOrderOfCompletion_givesTheFastestFirst() {
        assertThat(output("r: {each: [30, 10, 20], as: n, order: completion, do: {work: w, ms: = n, value: = n}}"))
                .isEqualTo("[10,20,30]");
    }

    @Test
    void eachOfNull_isNoItems() {
        assertThat(output("r: {each: = null, do: {work: w}}")).isEqualTo("[]");
    }

    @Test
    void eachOfSomethingElse_isAnExpressionError() {
        assertThat(output("a: {set: text}\nr: {each: = a, do: {work: w}}")).contains("type=expression", "needs a list");
    }

    @Test
    void eachItem_mayBeNull() {
        assertThat(output("r: {each: [null, 1], do: {set: = item}}")).isEqualTo("[null,1]");
    }

    @Test
    void each_failsFastAndStartsNoMore() {
        assertThat(output("r: {each: [1, 2, 3, 4], concurrency: 2, as: n, do: {work: w, ms: = n, fail: query}}"))
                .contains("type=query", "step=r[0]");
        assertThat(scenario.work.began).containsExactly("r[0]", "r[1]");
    }

    @Test
    void eachCollect_givesOutcomes() {
        assertThat(output("r: {each: [1, 2], as: n, errors: collect, do: {fail: no, when: = n == 1}}"))
                .isEqualTo("[{\"error\":{\"type\":\"failed\",\"detail\":\"no\"}},{\"ok\":null}]");
    }

    @Test
    void eachTolerate_givesSuccessesUpToTheShare() {
        String items = "[1, 2, 3, 4]";
        String step = "r: {each: " + items
                + ", as: n, errors: tolerate %d%%, do: {group: {x: {fail: no, when: = n == 1}}, output: = n}}";
        assertThat(output(step.formatted(25))).isEqualTo("[2,3,4]");
        assertThat(new CombinatorTest().output(step.formatted(20))).contains("type=failed");
    }

    @Test
    void eachTolerate_thatFails_saysHowManyOfHowManyAndTheFirst() {
        String each = "r: {each: '= lists.range(100)', as: n, concurrency: 1, errors: tolerate 5%, "
                + "do: {group: {x: {fail: no luck, when: = n % 10 == 3}}, output: = n}}";
        assertThat(output(each))
                .contains("type=failed", "detail=6 of 100 items failed, 5% (5) are tolerated; first: r[3].x: no luck");
    }

    @Test
    void race_firstSuccessWinsAndLosersAreCancelled() {
        assertThat(
                        output(
                                "r: {race: {a: {work: a, ms: 1, fail: file}, b: {work: b, ms: 5, value: 2}, c: {work: c, ms: 99}}}"))
                .isEqualTo("2");
        assertThat(scenario.work.cancelled).containsExactly("r.c");
        assertThat(scenario.millis()).isEqualTo(5);
    }

    @Test
    void raceThatAllLose_hasOneCombinedError() {
        assertThat(output("r: {race: {a: {work: a, fail: file}, b: {work: b, fail: query}}}"))
                .contains("type=file", "r.a: r.a broke", "r.b: r.b broke");
    }

    @Test
    void skippedBranch_doesNotWinTheRace() {
        assertThat(output("r: {race: {a: {work: a, when: = false}, b: {work: b, ms: 5, value: 2}}}"))
                .isEqualTo("2");
    }

    @Test
    void waitAll_givesOutcomes() {
        assertThat(output("r: {wait: {a: {work: a, value: 1}, b: {work: b, fail: file}}}"))
                .isEqualTo(
                        "{\"done\":{\"a\":{\"ok\":1},\"b\":{\"error\":{\"type\":\"file\",\"detail\":\"r.b broke\"}}},"
                                + "\"pending\":[]}");
    }

    @Test
    void waitUntilFirst_cancelsThePending() {
        assertThat(output("r: {wait: {a: {work: a, ms: 1, value: 1}, b: {work: b, ms: 99}}, until: first}"))
                .isEqualTo("{\"done\":{\"a\":{\"ok\":1}},\"pending\":[\"b\"]}");
        assertThat(scenario.work.cancelled).containsExactly("r.b");
    }

    @Test
    void waitUntilFirstError_endsWithTheFirstError() {
        assertThat(output("r: {wait: {a: {work: a, ms: 1}, b: {work: b, ms: 2, fail: file}, c: {work: c, ms: 99}}, "
                        + "until: firstError}"))
                .contains("\"a\":{\"ok\":null}", "\"pending\":[\"c\"]");
    }

    @Test
    void waitWithTimeout_givesWhatIsDone() {
        assertThat(output("r: {wait: {a: {work: a, ms: 1}, b: {work: b, ms: 99}}, timeout: 10ms}"))
                .isEqualTo("{\"done\":{\"a\":{\"ok\":null}},\"pending\":[\"b\"]}");
        assertThat(scenario.millis()).isEqualTo(10);
    }

    @Test
    void keptPending_runsOnUntilTheOutputIsReady() {
        var end = scenario.run("""
                plan: p
                steps:
                  w: {wait: {a: {work: a, ms: 1}, b: {work: b, ms: 30}, c: {work: c, ms: 9000}}, until: first, pending: keep}
                  x: {work: x, ms: 50, after: [w]}
                output: = w.pending
                """);
        assertThat(end.output()).isEqualTo(List.of("b", "c"));
        assertThat(scenario.work.cancelled).containsExactly("w.c");
        assertThat(scenario.millis()).isEqualTo(51);
    }

    @Test
    void cancelDuringAWait_cancelsKeptOnesToo() {
        var run = scenario.start(
                "{plan: p, steps: {w: {wait: {a: {work: a, ms: 900}, b: {work: b, ms: 900}}, pending: keep}}}",
                Map.of(),
                false);
        scenario.loop.advance(Duration.ofMillis(5));
        run.cancel(CancelReason.of("left"));
        scenario.end(run);
        assertThat(scenario.work.cancelled).containsExactlyInAnyOrder("w.a", "w.b");
        assertThat(scenario.millis()).isEqualTo(5);
    }

    @Test
    void sequence_givesTheLastResultAndEachSeesThoseBefore() {
        assertThat(output("r: {sequence: [{a: {work: a, ms: 1, value: 1}}, {b: {work: b, ms: 1, value: = a + 1}}]}"))
                .isEqualTo("2");
    }

    @Test
    void group_givesItsOutput() {
        assertThat(output("r: {group: {a: {work: a, value: 1}, b: {set: = a + 1}}, output: {sum: = a + b}}"))
                .isEqualTo("{\"sum\":3}");
    }

    @Test
    void retryOfACombinator_beginsAgainWhenAllIsQuiet() {
        assertThat(output("r: {gather: {a: {work: a, ms: 1, fail: unavailable, times: 1, value: 1}, "
                        + "b: {work: b, ms: 5, value: 2}}, retry: {times: 1, backoff: 1ms..1ms}}"))
                .isEqualTo("{\"a\":1,\"b\":2}");
        assertThat(scenario.work.mostRunning).isEqualTo(2);
    }

    @Test
    void eachWithTooManyItems_namesTheBound() {
        scenario.limits(
                new RunLimits(Duration.ofSeconds(30), Duration.ofMinutes(1), 1 << 20, 1 << 20, 2, 16, 100_000, 5_000));
        assertThat(output("r: {each: [1, 2, 3], do: {work: w}}")).contains("type=limit", "eachItems");
    }

    @Test
    void resultsOfEachBeyondTheOutputsBound_areALimit() {
        scenario.limits(
                new RunLimits(Duration.ofSeconds(30), Duration.ofMinutes(1), 100, 1 << 20, 1_000, 16, 100_000, 5_000));
        assertThat(output("r: {each: [1, 2, 3, 4, 5], concurrency: 1, do: {set: 0123456789012345678901234567890}}"))
                .contains("type=limit", "server.limits.output");
    }

    @Test
    void outputBeyondItsBound_isALimit() {
        scenario.limits(
                new RunLimits(Duration.ofSeconds(30), Duration.ofMinutes(1), 20, 1 << 20, 1_000, 16, 100_000, 5_000));
        assertThat(output("r: {set: 0123456789012345678901234567890}")).contains("type=limit", "server.limits.output");
    }
}
