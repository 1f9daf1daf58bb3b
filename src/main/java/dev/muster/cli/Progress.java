package dev.muster.cli;

import dev.muster.config.Amounts;
import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.RunListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A listener that shows people the progress of a run. Runs on the run's loop. */
interface Progress extends RunListener {

    /** Ends the display and erases temporary output. */
    void close();

    /**
     * The progress display that suits standard error: a live picture on a terminal, lines elsewhere. When events are
     * printed there is no picture, because both can go to the same terminal.
     */
    static Progress of(Session session, Loop loop, Plan plan, boolean streams) {
        if (!session.io().canRedraw()) {
            return new Lines(session);
        }
        return streams ? new NoProgress() : new LiveProgress(session, loop, plan);
    }

    /**
     * Progress as lines: one for each step that has ended, such as {@code product  done  12.4 ms}. Of the items of an
     * {@code each} only the first unsuccessful ones have lines of their own; the line of the {@code each} counts them all.
     */
    final class Lines implements Progress {

        private static final int MAX_BAD_ITEMS = 5;

        private final Session session;
        private final Map<String, int[]> items = new HashMap<>();

        Lines(Session session) {
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
            if (isItem(step.path())) {
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
                            + session.style().printable(step.error().detail())
                            + (step.cancel() == null
                                    ? ""
                                    : "  ("
                                            + session.style()
                                                    .printable(step.cancel().inWords()) + ")");
            String tried = step.attempts() == null ? "" : "  " + step.attempts().words();
            return step.path() + "  " + step.state().word() + (step.state() == EndState.SKIPPED ? "" : "  " + time)
                    + tried + why;
        }

        private static boolean isBad(Event.StepEnd step) {
            return step.state() != EndState.DONE && step.state() != EndState.SKIPPED;
        }

        private static String counted(int @Nullable [] counts) {
            return counts == null
                    ? ""
                    : "  (" + Amounts.of(counts[0], "item") + (counts[1] > 0 ? ", " + counts[1] + " not done" : "")
                            + ")";
        }

        /** Recognizes paths of items, such as {@code sellers[3]}. Paths of steps inside an item do not count. */
        static boolean isItem(String path) {
            int bracket = path.indexOf('[');
            return bracket >= 0 && path.endsWith("]") && path.indexOf('[', bracket + 1) < 0;
        }
    }

    final class NoProgress implements Progress {
        @Override
        public void event(Event event) {}

        @Override
        public void close() {}
    }
}
