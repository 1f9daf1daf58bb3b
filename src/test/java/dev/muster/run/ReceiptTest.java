package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Receipts;
import dev.muster.json.Json;
import dev.muster.task.CancelReason;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who cancelled, why, what was stopped and how that ended: in the events of the steps, of the run, and in its report. */
class ReceiptTest {

    private final Scenario scenario = Scenario.inOrder();

    private Run begin(String text) {
        Run run = scenario.start(text, Map.of(), false);
        scenario.loop.advance(Duration.ofMillis(1));
        return run;
    }

    private Event.End cancelled(String text, CancelReason reason) {
        Run run = begin(text);
        run.cancel(reason);
        return scenario.end(run);
    }

    /** What the event of a step says of its cancel; null where it says nothing. */
    private String receipt(String path) {
        return scenario.events.stream()
                .filter(event ->
                        event instanceof Event.StepEnd step && step.path().equals(path))
                .map(event -> Json.write(event.toValue().get("cancel")))
                .findFirst()
                .orElseThrow();
    }

    private static String confirmed(String by, String why, String source, String ms) {
        return "{\"by\":\"" + by + "\",\"why\":\"" + why + "\",\"source\":\"" + source
                + "\",\"state\":\"confirmed\",\"ms\":" + ms + "}";
    }

    @Test
    void callerLeaves_theStepSaysWhatItsSourceHasConfirmed() {
        Run run = begin("{plan: p, steps: {a: {work: shop, ms: 9000, ends: confirmed, stop: 4}}}");
        run.cancel(CancelReason.of("the caller left"));
        Event.End end = scenario.end(run);

        String expected = confirmed("caller", "the caller left", "shop", "4.0");
        assertThat(receipt("a")).isEqualTo(expected);
        assertThat(Json.write(run.past().report().steps().get(0).cancel().toValue()))
                .isEqualTo(expected);
        assertThat(Json.write(end.cancel().toValue()))
                .isEqualTo("{\"by\":\"caller\",\"why\":\"the caller left\",\"state\":\"confirmed\",\"ms\":4.0}");
        assertThat(scenario.work.receipts.statistics()).isEqualTo(new Receipts.Statistics(1, 0, 0));
    }

    @Test
    void unconfirmedAndAbandoned_areSaidAndCounted_andTheRunHasTheWorst() {
        Event.End end = cancelled("""
                plan: p
                steps:
                  a: {work: one, ms: 9000, ends: confirmed, stop: 9}
                  b: {work: two, ms: 9000, ends: closed, stop: 5}
                  c: {work: three, ms: 9000, ends: abandoned, stop: 7}
                """, CancelReason.request("ann", "cancelled by ann: wrong week"));

        assertThat(receipt("a")).isEqualTo(confirmed("request", "cancelled by ann: wrong week", "one", "9.0"));
        assertThat(receipt("b")).contains("\"source\":\"two\",\"state\":\"closed\",\"ms\":5.0");
        assertThat(receipt("c")).contains("\"source\":\"three\",\"state\":\"abandoned\",\"ms\":7.0");
        assertThat(Json.write(end.cancel().toValue())).contains("\"state\":\"abandoned\",\"ms\":9.0");
        assertThat(scenario.work.receipts.statistics()).isEqualTo(new Receipts.Statistics(1, 1, 1));
    }

    @Test
    void timeoutOfAStep_isADeadline_alsoWhereTheStepSurvives() {
        var end = scenario.run("""
                plan: p
                steps:
                  a: {work: shop, ms: 9000, ends: confirmed, stop: 2, timeout: 10ms, default: none}
                  b: {sleep: 1m, timeout: 10ms, optional: true}
                """);

        assertThat(end.state()).isEqualTo(EndState.DONE);
        assertThat(end.cancel()).isNull();
        assertThat(receipt("a")).isEqualTo(confirmed("deadline", "no end within 10 ms", "shop", "2.0"));
        assertThat(receipt("b"))
                .isEqualTo("{\"by\":\"deadline\",\"why\":\"no end within 10 ms\",\"state\":\"confirmed\",\"ms\":0.0}");
    }

    @Test
    void timeoutOfThePlan_isADeadline_ofTheRunToo() {
        var end =
                scenario.run("{plan: p, timeout: 50ms, steps: {a: {work: shop, ms: 9000, ends: confirmed, stop: 3}}}");

        assertThat(receipt("a")).isEqualTo(confirmed("deadline", "no answer in 50 ms", "shop", "3.0"));
        assertThat(end.cancel().toValue()).containsEntry("by", "deadline").containsEntry("ms", 3.0);
    }

    @Test
    void siblingFails_theOthersSayWhich_andTheFailedOneHasNoReceipt() {
        scenario.run("""
                plan: p
                steps:
                  a: {work: one, ms: 9000, ends: confirmed, stop: 1}
                  b: {work: two, ms: 5, fail: unavailable}
                """);

        assertThat(receipt("a")).isEqualTo(confirmed("sibling", "b failed", "one", "1.0"));
        assertThat(receipt("b")).isEqualTo("null");
    }

    @Test
    void losersOfARace_sayThatTheyAreNotNeeded_andTheRaceHasNoReceipt() {
        scenario.run("""
                plan: p
                steps:
                  r:
                    race:
                      - {work: fast, ms: 5, value: 1}
                      - {work: slow, ms: 9000, ends: confirmed, stop: 1}
                """);

        assertThat(receipt("r[1]")).startsWith("{\"by\":\"notNeeded\",").contains("\"source\":\"slow\"");
        assertThat(receipt("r[0]")).isEqualTo("null");
        assertThat(receipt("r")).isEqualTo("null");
    }

    @Test
    void combinatorAndNestedPlan_nameNoSource_andHaveTheWorstEndInside() {
        scenario.plan("{plan: inner, steps: {deep: {work: shop, ms: 9000, ends: closed, stop: 6}}}");
        cancelled("""
                plan: p
                steps:
                  g:
                    gather:
                      x: {work: one, ms: 9000, ends: confirmed, stop: 2}
                      n: {plan: inner}
                """, CancelReason.shutdown("the node stops"));

        String worst = "{\"by\":\"node\",\"why\":\"the node stops\",\"state\":\"closed\",\"ms\":6.0}";
        assertThat(receipt("g.n.deep")).contains("\"source\":\"shop\",\"state\":\"closed\"");
        assertThat(receipt("g.n")).isEqualTo(worst);
        assertThat(receipt("g")).isEqualTo(worst);
        assertThat(receipt("g.x")).isEqualTo(confirmed("node", "the node stops", "one", "2.0"));
    }

    @Test
    void secondCancel_changesNothing() {
        Run run = begin("{plan: p, steps: {a: {work: shop, ms: 9000, ends: confirmed, stop: 10}}}");
        run.cancel(CancelReason.of("the caller left"));
        scenario.loop.advance(Duration.ofMillis(5));
        run.cancel(CancelReason.shutdown("the node stops"));
        scenario.end(run);

        assertThat(receipt("a")).isEqualTo(confirmed("caller", "the caller left", "shop", "10.0"));
        assertThat(scenario.work.receipts.statistics()).isEqualTo(new Receipts.Statistics(1, 0, 0));
    }

    @Test
    void cancelDuringCleanUp_doesNotReachIt_andOnlyTheStepHasAReceipt() {
        Run run = begin("""
                plan: p
                steps:
                  a: {work: shop, ms: 9000, ends: confirmed, finally: {work: tidy, ms: 20, ends: confirmed}}
                """);
        run.cancel(CancelReason.of("the caller left"));
        scenario.loop.advance(Duration.ofMillis(5));
        run.cancel(CancelReason.of("again"));
        scenario.end(run);

        assertThat(receipt("a")).isEqualTo(confirmed("caller", "the caller left", "shop", "0.0"));
        assertThat(receipt("a.finally")).isEqualTo("null");
    }

    @Test
    void callThatHasEndedWhenTheCancelComes_isNotStopped_andTheStepNamesNoSource() {
        Run run = begin("{plan: p, steps: {a: {work: shop, ms: 1, ends: confirmed, value: 1}, b: {sleep: 1m}}}");
        scenario.loop.advance(Duration.ofMillis(5));
        run.cancel(CancelReason.of("the caller left"));
        scenario.end(run);

        assertThat(receipt("a")).isEqualTo("null");
        assertThat(receipt("b"))
                .isEqualTo("{\"by\":\"caller\",\"why\":\"the caller left\",\"state\":\"confirmed\",\"ms\":0.0}");
        assertThat(scenario.work.receipts.statistics()).isEqualTo(new Receipts.Statistics(0, 0, 0));
    }

    @Test
    void longReason_isCut() {
        cancelled(
                "{plan: p, steps: {a: {work: shop, ms: 9000, ends: confirmed}}}",
                CancelReason.request("ann", "x".repeat(5_000)));

        assertThat(receipt("a").length()).isBetween(500, 700);
    }

    // ---- whether to try again

    private Map<String, Object> error(String step, CancelReason reason) {
        return cancelled("{plan: p, steps: {a: " + step + "}}", reason)
                .failure()
                .toValue();
    }

    @Test
    void nodeStops_beforeAnyEffect_saysWhenToTryAgain() {
        assertThat(error("{work: shop, ms: 9000, ends: confirmed}", CancelReason.shutdown("the node stops")))
                .containsEntry("type", "cancelled")
                .containsEntry("by", "node")
                .containsEntry("retryAfter", 1L)
                .doesNotContainKey("effects");
    }

    @Test
    void nodeStops_afterAnEffectWasSent_saysSoInstead() {
        assertThat(error("{work: shop, effect: 1, ms: 9000, ends: confirmed}", CancelReason.shutdown("the node stops")))
                .containsEntry("by", "node")
                .containsEntry("effects", true)
                .doesNotContainKey("retryAfter");
    }

    @Test
    void effectThatWasNeverSent_isNone() {
        assertThat(error("{work: shop, effect: 1, ms: 9000, ends: unsent}", CancelReason.shutdown("the node stops")))
                .containsEntry("retryAfter", 1L)
                .doesNotContainKey("effects");
    }

    @Test
    void effectOfAnEarlierAttempt_isOne_thoughThisOneWasNotSent() {
        assertThat(error(
                        "{sequence: [{work: first, effect: 1, value: 1},"
                                + " {work: second, effect: 1, ms: 9000, ends: unsent}]}",
                        CancelReason.shutdown("the node stops")))
                .containsEntry("effects", true)
                .doesNotContainKey("retryAfter");
    }

    @Test
    void othersWhoCancel_areNotToldToTryAgain() {
        for (CancelReason reason :
                java.util.List.of(CancelReason.of("the caller left"), CancelReason.request("ann", "enough"))) {
            var own = new ReceiptTest();
            assertThat(own.error("{work: shop, ms: 9000, ends: confirmed}", reason))
                    .as(reason.why())
                    .doesNotContainKeys("retryAfter", "effects");
        }
    }

    @Test
    void refusalThatAsksToComeBack_asksNoMore_onceAnEffectHasBegun() {
        String plan =
                "{plan: p, steps: {a: {work: one, effect: 1}, b: {work: two, value: = a, fail: limit, more: {retryAfter: '7'}}}}";
        assertThat(scenario.run(plan).failure().toValue())
                .containsEntry("effects", true)
                .doesNotContainKey("retryAfter");

        var without = Scenario.inOrder();
        assertThat(without.run(plan.replace(", effect: 1", "")).failure().toValue())
                .containsEntry("retryAfter", 7L)
                .doesNotContainKey("effects");
    }
}
