package dev.muster.cli;

import dev.muster.config.Durations;
import dev.muster.run.EndState;
import dev.muster.run.RunReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The steps of a run as bars on a common time axis. */
final class Waterfall {

    private static final int MAX_ROWS = 60;
    private static final int MAX_PATH = 32;
    private static final int TIME = 9;
    private static final int MIN_BAR = 10;
    private static final int MAX_BAR = 48;

    private Waterfall() {}

    /** The lines of the waterfall, at most as wide as the look permits. The title names the run and its time. */
    static List<String> lines(RunReport report, String title, TerminalStyle look) {
        List<Row> rows = Row.of(report);
        var lines = new ArrayList<String>();
        lines.add(look.bold(look.fit(title, look.width())));
        if (rows.isEmpty()) {
            return lines;
        }
        int path = Math.min(
                Math.min(MAX_PATH, look.width() / 3),
                rows.stream().mapToInt(row -> row.path().length()).max().orElse(0));
        int bar = Math.max(MIN_BAR, Math.min(MAX_BAR, (look.width() - path - TIME) / 2));
        int note = look.width() - 2 - path - 2 - bar - 1 - TIME - 2;
        long axis = Math.max(1, report.nowNanos() - report.startedNanos());
        for (Row row : rows.subList(0, Math.min(rows.size(), MAX_ROWS))) {
            lines.add(line(row, report.startedNanos(), axis, path, bar, note, look));
        }
        long more = rows.size() - Math.min(rows.size(), MAX_ROWS) + report.left();
        if (more > 0) {
            lines.add(look.dim("  and " + more + " more"));
        }
        return lines;
    }

    private static String line(Row row, long origin, long axis, int path, int bar, int note, TerminalStyle look) {
        String time = row.state() == EndState.SKIPPED
                ? "skipped"
                : Durations.human(Duration.ofNanos(row.endedNanos() - row.startedNanos()));
        String drawn = row.state() == EndState.SKIPPED
                ? " ".repeat(bar)
                : Bar.of(row.startedNanos() - origin, row.endedNanos() - origin, axis, bar, look.unicode());
        String line = "  " + look.pad(row.path(), path) + "  " + paint(row, drawn, look) + " "
                + " ".repeat(Math.max(0, TIME - time.length())) + time;
        String told = note < 8 ? "" : look.fit(row.note(), note);
        return (told.isEmpty() ? line : line + "  " + (row.isBad() ? paint(row, told, look) : look.dim(told)))
                .stripTrailing();
    }

    private static String paint(Row row, String text, TerminalStyle look) {
        return switch (row.state()) {
            case DONE -> look.green(text);
            case FAILED -> look.red(text);
            case CANCELLED, TIMED_OUT -> look.yellow(text);
            case SKIPPED -> look.dim(text);
        };
    }
}
