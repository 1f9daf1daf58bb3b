package dev.muster.cli;

import dev.muster.config.Amounts;
import dev.muster.config.Durations;
import dev.muster.connect.Receipt;
import dev.muster.plan.MusterException;
import dev.muster.run.Attempts;
import dev.muster.run.Event;
import dev.muster.run.RunFailure;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The lines that explain why a run failed: the step, the error type, the reason, the time, and the state of the other steps. */
final class FailureText {

    private static final int MAX_NAMES = 10;

    private FailureText() {}

    static List<String> lines(String plan, Event.End end, TerminalStyle style) {
        RunFailure failure = end.failure();
        if (failure == null) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        String step = failure.step() == null ? "" : " in step " + style.printable(failure.step());
        String time = Durations.human(Duration.ofNanos(end.nanos()));
        lines.add(style.red(style.printable(plan) + " " + end.state().word() + step + " after " + time + ": "
                        + failure.error().type().word())
                + ": " + style.printable(failure.error().detail()));
        if (failure.attempts() != null) {
            lines.addAll(before(failure.attempts(), style));
        }
        add(lines, "done", failure.finished(), style);
        add(lines, "stopped", failure.stopped(), style);
        add(lines, "not started", failure.notStarted(), style);
        return lines;
    }

    /** The steps that took null or a default, each with its full reason, for which a waterfall has no room. */
    static List<String> partial(RunReport report, TerminalStyle style) {
        if (report.partial().isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<>(List.of(
                style.yellow("partial: ") + style.printable(names(report.partial())) + " took null or a default"));
        report.steps().stream()
                .filter(step -> step.error() != null && report.partial().contains(step.path()))
                .limit(MAX_NAMES)
                .forEach(step -> lines.add("  " + style.printable(step.path()) + ": " + why(step, style)));
        return lines;
    }

    /** The cancel receipts of the stopped steps, worst first: abandoned, closed, confirmed. */
    static List<String> receipts(RunReport report, TerminalStyle style) {
        List<StepReport> stopped = report.steps().stream()
                .filter(step -> step.cancel() != null && step.cancel().source() != null)
                .sorted(Comparator.comparing(FailureText::stateOfCancel).reversed())
                .toList();
        var lines = new ArrayList<String>();
        stopped.stream()
                .limit(MAX_NAMES)
                .forEach(step -> lines.add("  " + style.printable(step.path()) + ": "
                        + style.printable(Objects.requireNonNull(step.cancel()).inWords())));
        if (stopped.size() > MAX_NAMES) {
            lines.add("  and " + (stopped.size() - MAX_NAMES) + " more");
        }
        return lines;
    }

    /** The errors of the earlier attempts, one line each. */
    private static List<String> before(Attempts attempts, TerminalStyle style) {
        var lines = new ArrayList<String>();
        for (Attempts.Failed failed : attempts.errors()) {
            lines.add("  attempt " + (lines.size() + 1) + ", "
                    + Durations.human(Duration.ofNanos(failed.nanos())) + ": "
                    + failed.type().word() + ": " + style.printable(failed.detail()));
        }
        int more = attempts.count() - 1 - lines.size();
        if (more > 0) {
            lines.add("  and " + Amounts.of(more, "attempt") + " more");
        }
        return lines;
    }

    private static Receipt.State stateOfCancel(StepReport step) {
        return Objects.requireNonNull(step.cancel()).state();
    }

    private static String why(StepReport step, TerminalStyle style) {
        MusterException error = Objects.requireNonNull(step.error());
        return error.type().word() + ": " + style.printable(error.detail());
    }

    private static void add(List<String> lines, String what, List<String> names, TerminalStyle style) {
        if (!names.isEmpty()) {
            lines.add("  " + what + ": " + style.printable(names(names)));
        }
    }

    /** The first of these names and the number of the others; items are only counted. */
    static String names(List<String> paths) {
        List<String> names =
                paths.stream().filter(path -> path.indexOf('[') < 0).toList();
        long items = paths.stream().filter(Progress.Lines::isItem).count();
        int more = names.size() - MAX_NAMES;
        var parts = new ArrayList<String>();
        if (!names.isEmpty()) {
            parts.add(String.join(", ", names.subList(0, Math.min(names.size(), MAX_NAMES))));
        }
        if (more > 0) {
            parts.add(more + " more");
        }
        if (items > 0) {
            parts.add(Amounts.of(items, "item"));
        }
        return String.join(" and ", parts);
    }
}
