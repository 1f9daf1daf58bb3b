package dev.muster.app;

import dev.muster.config.Durations;
import dev.muster.run.Event;
import dev.muster.run.RunFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Why a run is not done, in lines: which step, which type, why, after how long, and what became of the others. */
final class FailureText {

    private static final int MOST_NAMES = 10;

    private FailureText() {}

    static List<String> lines(String plan, Event.End end, Look look) {
        RunFailure failure = end.failure();
        if (failure == null) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        String step = failure.step() == null ? "" : " in step " + failure.step();
        String time = Durations.human(Duration.ofNanos(end.nanos()));
        lines.add(look.red(plan + " " + end.state().word() + step + " after " + time + ": "
                        + failure.error().type().word())
                + ": " + look.printable(failure.error().detail()));
        add(lines, "done", failure.finished());
        add(lines, "stopped", failure.stopped());
        add(lines, "not started", failure.notStarted());
        return lines;
    }

    private static void add(List<String> lines, String what, List<String> names) {
        if (!names.isEmpty()) {
            lines.add("  " + what + ": " + names(names));
        }
    }

    /** The first of these names, and how many more there are; items are counted only. */
    static String names(List<String> paths) {
        List<String> names =
                paths.stream().filter(path -> path.indexOf('[') < 0).toList();
        int items = paths.size() - names.size();
        int more = names.size() - MOST_NAMES;
        var parts = new ArrayList<String>();
        if (!names.isEmpty()) {
            parts.add(String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES))));
        }
        if (more > 0) {
            parts.add(more + " more");
        }
        if (items > 0) {
            parts.add(items + (items == 1 ? " item" : " items"));
        }
        return String.join(" and ", parts);
    }
}
