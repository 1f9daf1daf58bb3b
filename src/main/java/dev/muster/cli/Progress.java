package dev.muster.cli;

import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.run.RunListener;

/** A listener that shows people the progress of a run. Runs on the run's loop. */
interface Progress extends RunListener {

    /** Ends the display and erases temporary output. */
    void close();

    /**
     * The progress display that suits standard error: a live picture on a terminal, lines elsewhere. When events are
     * printed there is no picture, because both can go to the same terminal.
     */
    static Progress of(Session session, Loop loop, Plan plan, boolean streams) {
        if (!session.shell().errIsTerminal()
                || "dumb".equals(session.shell().env().apply("TERM"))) {
            return new PlainProgress(session);
        }
        return streams ? new NoProgress() : new LiveProgress(session, loop, plan);
    }

    /** Shows nothing. */
    final class NoProgress implements Progress {
        @Override
        public void event(dev.muster.run.Event event) {}

        @Override
        public void close() {}
    }
}
