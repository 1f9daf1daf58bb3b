package dev.muster.app;

import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.run.RunListener;

/** Tells people how a run goes on, while it does. On the run's loop, except where it says otherwise. */
interface Progress extends RunListener {

    /** Ends the telling and takes away what was only for the moment. */
    void close();

    /**
     * What suits the reader of standard error: a picture on a terminal, lines elsewhere. Beside a stream of events there is
     * no picture: whoever they go to may well write them to the same terminal.
     */
    static Progress of(Session session, Loop loop, Plan plan, boolean streams) {
        if (!session.shell().errIsTerminal()
                || "dumb".equals(session.shell().env().apply("TERM"))) {
            return new PlainProgress(session);
        }
        return streams ? new NoProgress() : new LiveProgress(session, loop, plan);
    }

    /** Tells nothing. */
    final class NoProgress implements Progress {
        @Override
        public void event(dev.muster.run.Event event) {}

        @Override
        public void close() {}
    }
}
