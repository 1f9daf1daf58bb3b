package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.Waterfall.Row;
import dev.muster.connect.Receipt;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Attempts;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaterfallTest {
    private static final long MS = 1_000_000;
    private static final TerminalStyle ASCII = new TerminalStyle(80, false, false);

    @Test
    void lines_drawStepsOnOneAxis() {
        assertThat(Waterfall.lines(
                        report(
                                step("a", 0, 100, EndState.DONE, null),
                                step("b", 50, 100, EndState.FAILED, new MusterException(ErrorType.QUERY, "bad"))),
                        "p  failed",
                        new TerminalStyle(60, false, false)))
                .containsExactly(
                        "p  failed",
                        "  a  " + "#".repeat(25) + "    100 ms  does a",
                        "  b  " + " ".repeat(12) + "#".repeat(13) + "     50 ms  query: bad");
    }

    @Test
    void lines_putChildrenBelowTheirParent() {
        assertThat(Row.all(report(
                        step("a", 0, 9, EndState.DONE, null),
                        step("b", 0, 9, EndState.DONE, null),
                        step("a.x", 1, 9, EndState.DONE, null),
                        step("a.x[0]", 1, 9, EndState.DONE, null))))
                .extracting(Row::path)
                .containsExactly("a", "a.x", "a.x[0]", "b");
    }

    @Test
    void lines_manyItems_becomeOneRowAndTheFirstFailures() {
        var steps = new ArrayList<>(List.of(step("all", 0, 90, EndState.DONE, null)));
        for (int i = 0; i < 20; i++) {
            steps.add(
                    i % 4 == 1
                            ? step(
                                    "all[" + i + "]",
                                    i,
                                    50 + i,
                                    EndState.FAILED,
                                    new MusterException(ErrorType.FAILED, "no"))
                            : step("all[" + i + "]", i, 50 + i, EndState.DONE, null));
        }
        assertThat(Row.all(report(steps.toArray(StepReport[]::new))))
                .extracting(Row::path, Row::note, row -> row.endedNanos() / MS)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("all", "does all", 90L),
                        org.assertj.core.groups.Tuple.tuple("all[20]", "15 done, 5 failed", 69L),
                        org.assertj.core.groups.Tuple.tuple("all[1]", "failed: no", 51L),
                        org.assertj.core.groups.Tuple.tuple("all[5]", "failed: no", 55L),
                        org.assertj.core.groups.Tuple.tuple("all[9]", "failed: no", 59L));
    }

    @Test
    void lines_neverPassTheWidth() {
        String longText = "x".repeat(500);
        for (int width : new int[] {40, 80, 200}) {
            assertThat(Waterfall.lines(
                            report(
                                    step(longText, 0, 100, EndState.DONE, null),
                                    step(
                                            "b",
                                            99,
                                            100,
                                            EndState.FAILED,
                                            new MusterException(ErrorType.QUERY, longText))),
                            longText,
                            new TerminalStyle(width, true, false)))
                    .allSatisfy(line ->
                            assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(width));
        }
    }

    @Test
    void lines_showNoControlCharactersOfOthers() {
        assertThat(Waterfall.lines(
                        report(step(
                                "a", 0, 1, EndState.FAILED, new MusterException(ErrorType.FAILED, "\u001b[2Jx\ny"))),
                        "p",
                        ASCII))
                .last()
                .asString()
                .endsWith("failed: \\u001b[2Jx y");
    }

    @Test
    void bar_ofNoTime_isSeen() {
        assertThat(Waterfall.bar(0, 0, 100, 10, true)).isEqualTo("▏         ");
        assertThat(Waterfall.bar(100, 100, 100, 10, false)).isEqualTo("         #");
    }

    @Test
    void bar_showsEighths() {
        assertThat(Waterfall.bar(20, 65, 100, 10, true)).isEqualTo("  ████▌   ");
    }

    @Test
    void failure_saysStepTypeReasonTimeAndWhatBecameOfTheOthers() {
        var failure = new dev.muster.run.RunFailure(
                "product",
                new MusterException(ErrorType.TIMEOUT, "no answer in 300 ms"),
                List.of("stock"),
                List.of("product", "orders"),
                List.of("sellers"),
                null);
        assertThat(FailureText.lines("page", new Event.End(EndState.TIMED_OUT, 301 * MS, null, failure, null), ASCII))
                .containsExactly(
                        "page timedOut in step product after 301 ms: timeout: no answer in 300 ms",
                        "  done: stock",
                        "  stopped: product, orders",
                        "  not started: sellers");
    }

    @Test
    void stoppedSteps_sayWhatTheirSourcesConfirmed_theWorstFirst() {
        var confirmed = new Receipt(Receipt.By.CALLER, "left", "shop", Receipt.State.CONFIRMED, 4 * MS, true);
        var closed = new Receipt(Receipt.By.CALLER, "left", "cata\u001blog", Receipt.State.CLOSED, 2_000 * MS, true);
        var nowhere = new Receipt(Receipt.By.CALLER, "left", null, Receipt.State.CONFIRMED, 0, false);
        var error = new MusterException(ErrorType.CANCELLED, "left");
        RunReport stopped = report(
                new StepReport("a", "does a", true, 0, MS, EndState.CANCELLED, error, null, confirmed),
                new StepReport("b", "does b", true, 0, MS, EndState.CANCELLED, error, null, closed),
                new StepReport("c", "sleeps", true, 0, MS, EndState.CANCELLED, error, null, nowhere));

        assertThat(FailureText.receipts(stopped, ASCII))
                .containsExactly("  b: cata\\u001blog closed in 2000.0 ms", "  a: shop confirmed in 4.0 ms");
        assertThat(Row.all(stopped))
                .extracting(Row::note)
                .first()
                .isEqualTo("cancelled: left; shop confirmed in 4.0 ms");
    }

    @Test
    void failureAfterSeveralAttempts_saysWhyEachOfThemFailed() {
        var before = List.of(
                new Attempts.Failed(ErrorType.UNAVAILABLE, "refused\u001b[2J", 20 * MS),
                new Attempts.Failed(ErrorType.BAD_RESPONSE, "status 503", 1_500 * MS));
        var failure = new dev.muster.run.RunFailure(
                "product",
                new MusterException(ErrorType.TIMEOUT, "no answer in 2 s"),
                List.of(),
                List.of("product"),
                List.of(),
                new Attempts(13, before));
        assertThat(FailureText.lines("page", new Event.End(EndState.TIMED_OUT, 2_001 * MS, null, failure, null), ASCII))
                .containsExactly(
                        "page timedOut in step product after 2 s: timeout: no answer in 2 s",
                        "  attempt 1, 20 ms: unavailable: refused\\u001b[2J",
                        "  attempt 2, 1.5 s: badResponse: status 503",
                        "  and 10 attempts more",
                        "  stopped: product");
    }

    @Test
    void row_saysHowManyAttemptsThereWere() {
        var attempts = new Attempts(2, List.of(new Attempts.Failed(ErrorType.UNAVAILABLE, "refused", MS)));
        var step = new StepReport("a", "GET /a", true, 0, 9 * MS, EndState.DONE, null, attempts, null);
        assertThat(Row.all(report(step, step("b", 0, 9, EndState.DONE, null))))
                .extracting(Row::note)
                .containsExactly("2 attempts, GET /a", "does b");
    }

    private static StepReport step(
            String path, long startMillis, long endMillis, EndState state, @Nullable MusterException error) {
        return new StepReport(path, "does " + path, true, startMillis * MS, endMillis * MS, state, error, null, null);
    }

    private static RunReport report(StepReport... steps) {
        return new RunReport("01", "p", 0, 100 * MS, null, List.of(steps), List.of(), 0);
    }
}
