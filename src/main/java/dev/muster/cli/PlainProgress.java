package dev.muster.cli;

import dev.muster.config.Amounts;
import dev.muster.config.Durations;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Progress as lines: one for each step that has ended, such as {@code product  done  12.4 ms}. Of the items of an
 * {@code each} only the first unsuccessful ones have lines of their own; the line of the {@code each} counts them all.
 */
final class PlainProgress implements Progress {

    private static final int MAX_BAD_ITEMS = 5;

    private final Session session;
    private final Map<String, int[]> items = new HashMap<>();

    PlainProgress(Session session) {
        this.session = session;
    }

    @Override
    public void event(Event event) {
        if (!(event instanceof Event.StepEnd step)) {
            return;
        }
        int bracket = step.path().indexOf('[');
        if (bracket < 0) {
            session.say(line(step) + counted(items.remove(step.path())));
            return;
        }
        if (ItemPaths.isItem(step.path())) {
            int[] counts = items.computeIfAbsent(step.path().substring(0, bracket), key -> new int[2]);
            counts[0]++;
            if (isBad(step) && counts[1]++ < MAX_BAD_ITEMS) {
                session.say(line(step));
            }
        }
    }

    @Override
    public void close() {}

    private String line(Event.StepEnd step) {
        String time = Durations.human(Duration.ofNanos(step.nanos()));
        String why = step.error() == null
                ? ""
                : "  " + step.error().type().word() + ": "
                        + session.look().printable(step.error().detail())
                        + (step.cancel() == null
                                ? ""
                                : "  (" + session.look().printable(step.cancel().inWords()) + ")");
        String tried = step.attempts() == null ? "" : "  " + step.attempts().words();
        return step.path() + "  " + step.state().word() + (step.state() == EndState.SKIPPED ? "" : "  " + time) + tried
                + why;
    }

    private static boolean isBad(Event.StepEnd step) {
        return step.state() != EndState.DONE && step.state() != EndState.SKIPPED;
    }

    private static String counted(int @Nullable [] counts) {
        return counts == null
                ? ""
                : "  (" + Amounts.of(counts[0], "item") + (counts[1] > 0 ? ", " + counts[1] + " not done" : "") + ")";
    }
}
