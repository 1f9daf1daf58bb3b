package dev.muster.cli;

import dev.muster.config.Durations;
import dev.muster.connect.Receipt;
import dev.muster.run.EndState;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of a run as bars on a common time axis. */
final class Waterfall {

    private static final int MAX_ROWS = 60;
    private static final int MAX_PATH = 32;
    private static final int TIME = 9;
    private static final int MIN_BAR = 10;
    private static final int MAX_BAR = 48;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private Waterfall() {}

    /** The lines of the waterfall, at most as wide as the look permits. The title names the run and its time. */
    static List<String> lines(RunReport report, String title, TerminalStyle style) {
        List<Row> rows = Row.all(report);
        var lines = new ArrayList<String>();
        lines.add(style.bold(style.fit(title, style.width())));
        if (rows.isEmpty()) {
            return lines;
        }
        int path = Math.min(
                Math.min(MAX_PATH, style.width() / 3),
                rows.stream().mapToInt(row -> row.path().length()).max().orElse(0));
        int bar = Math.max(MIN_BAR, Math.min(MAX_BAR, (style.width() - path - TIME) / 2));
        int note = style.width() - 2 - path - 2 - bar - 1 - TIME - 2;
        long axis = Math.max(1, report.nowNanos() - report.startedNanos());
        for (Row row : rows.subList(0, Math.min(rows.size(), MAX_ROWS))) {
            lines.add(line(row, report.startedNanos(), axis, path, bar, note, style));
        }
        long more = rows.size() - Math.min(rows.size(), MAX_ROWS) + report.left();
        if (more > 0) {
            lines.add(style.dim("  and " + more + " more"));
        }
        return lines;
    }

    private static String line(Row row, long origin, long axis, int path, int bar, int note, TerminalStyle style) {
        String time = row.state() == EndState.SKIPPED
                ? "skipped"
                : Durations.human(Duration.ofNanos(row.endedNanos() - row.startedNanos()));
        String drawn = row.state() == EndState.SKIPPED
                ? " ".repeat(bar)
                : bar(row.startedNanos() - origin, row.endedNanos() - origin, axis, bar, style.unicode());
        String line = "  " + style.pad(row.path(), path) + "  " + paint(row, drawn, style) + " "
                + " ".repeat(Math.max(0, TIME - time.length())) + time;
        String told = note < 8 ? "" : style.fit(row.note(), note);
        return (told.isEmpty() ? line : line + "  " + (row.isBad() ? paint(row, told, style) : style.dim(told)))
                .stripTrailing();
    }

    private static String paint(Row row, String text, TerminalStyle style) {
        return switch (row.state()) {
            case DONE -> style.green(text);
            case FAILED -> style.red(text);
            case CANCELLED, TIMED_OUT -> style.yellow(text);
            case SKIPPED -> style.dim(text);
        };
    }

    /**
     * The text of a bar from {@code startNanos} to {@code endNanos} on an axis of {@code axisNanos}, drawn on this
     * number of columns. A bar has a minimum width, so that the shortest one is visible.
     */
    static String bar(long startNanos, long endNanos, long axisNanos, int columns, boolean unicode) {
        double perColumn = Math.max(1, axisNanos) / (double) columns;
        int first = (int) Math.min(columns - 1, Math.max(0, Math.floor(startNanos / perColumn)));
        double length = Math.max(0, endNanos / perColumn - first);
        return unicode ? blocks(first, length, columns) : marks(first, length, columns);
    }

    private static String blocks(int first, double length, int columns) {
        int eighths = (int) Math.max(1, Math.min((columns - first) * 8L, Math.round(length * 8)));
        var line = new StringBuilder(" ".repeat(first)).append("█".repeat(eighths / 8));
        if (eighths % 8 > 0) {
            line.append(EIGHTHS.charAt(eighths % 8));
        }
        return line.append(" ".repeat(columns - line.length())).toString();
    }

    private static String marks(int first, double length, int columns) {
        int marks = (int) Math.max(1, Math.min(columns - first, Math.round(length)));
        return " ".repeat(first) + "#".repeat(marks) + " ".repeat(columns - first - marks);
    }

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
        static List<Row> all(RunReport report) {
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
                    .collect(Collectors.groupingBy(
                            step -> state(step).word(), LinkedHashMap::new, Collectors.counting()));
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
}
