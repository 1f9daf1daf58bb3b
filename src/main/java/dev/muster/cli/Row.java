package dev.muster.cli;

import dev.muster.connect.Receipt;
import dev.muster.run.EndState;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A row of a waterfall: one step, or many items of an {@code each} together.
 *
 * @param path the path of the step
 * @param startedNanos the start, in the loop's time
 * @param endedNanos the end, in the loop's time
 * @param state the end state; for many items, that of the first unsuccessful item, or done
 * @param note a summary of the work, or the reason of the failure
 */
record Row(String path, long startedNanos, long endedNanos, EndState state, String note) {

    private static final int MAX_ITEMS = 8;
    private static final int MAX_BAD_ITEMS = 3;

    /** Whether the note explains a failure. */
    boolean isBad() {
        return state != EndState.DONE && state != EndState.SKIPPED;
    }

    /** The rows of a report: children below their parents, more than {@value #MAX_ITEMS} items in one row. */
    static List<Row> of(RunReport report) {
        var children = new LinkedHashMap<String, List<StepReport>>();
        Map<String, StepReport> byPath =
                report.steps().stream().collect(Collectors.toMap(StepReport::path, step -> step));
        for (StepReport step : report.steps()) {
            children.computeIfAbsent(parent(step.path(), byPath), key -> new ArrayList<>())
                    .add(step);
        }
        var rows = new ArrayList<Row>();
        add("", children, report.nowNanos(), rows);
        return rows;
    }

    private static void add(String parent, Map<String, List<StepReport>> children, long now, List<Row> rows) {
        List<StepReport> steps = children.getOrDefault(parent, List.of());
        List<StepReport> items = steps.stream().filter(Row::isItem).toList();
        if (items.size() > MAX_ITEMS) {
            addMany(parent, items, now, rows);
            return;
        }
        for (StepReport step : steps) {
            rows.add(of(step, now));
            add(step.path(), children, now, rows);
        }
    }

    private static void addMany(String parent, List<StepReport> items, long now, List<Row> rows) {
        Map<String, Long> counts = items.stream()
                .collect(Collectors.groupingBy(step -> state(step).word(), LinkedHashMap::new, Collectors.counting()));
        List<StepReport> bad = items.stream()
                .filter(step -> state(step) != EndState.DONE && state(step) != EndState.SKIPPED)
                .toList();
        rows.add(new Row(
                parent + "[" + items.size() + "]",
                items.stream().mapToLong(StepReport::startedNanos).min().orElse(now),
                items.stream().mapToLong(step -> ended(step, now)).max().orElse(now),
                bad.isEmpty() ? EndState.DONE : state(bad.get(0)),
                counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "))));
        bad.stream().limit(MAX_BAD_ITEMS).forEach(step -> rows.add(of(step, now)));
    }

    private static Row of(StepReport step, long now) {
        String note = Optional.ofNullable(step.error())
                .map(error -> error.type().word() + ": " + error.detail() + stopped(step.cancel()))
                .orElse(step.summary());
        if (step.attempts() != null) {
            note = step.attempts().words() + ", " + note;
        }
        return new Row(step.path(), step.startedNanos(), ended(step, now), state(step), note);
    }

    private static String stopped(@Nullable Receipt cancel) {
        return cancel == null || cancel.source() == null ? "" : "; " + cancel.inWords();
    }

    private static boolean isItem(StepReport step) {
        return step.path().endsWith("]");
    }

    private static EndState state(StepReport step) {
        return step.state() == null ? EndState.CANCELLED : step.state();
    }

    private static long ended(StepReport step, long now) {
        return step.endedNanos() < 0 ? now : step.endedNanos();
    }

    /** The path of the nearest enclosing step in the report, or an empty text. */
    private static String parent(String path, Map<String, StepReport> byPath) {
        String outer = path;
        while (true) {
            int end = Math.max(outer.lastIndexOf('.'), outer.lastIndexOf('['));
            if (end <= 0) {
                return "";
            }
            outer = outer.substring(0, end);
            if (byPath.containsKey(outer)) {
                return outer;
            }
        }
    }
}
