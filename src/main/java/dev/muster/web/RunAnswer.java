package dev.muster.web;

import dev.muster.dispatch.TakenRun;
import dev.muster.run.RunListener;

/** How a caller is told of the run that it asked for. On the run's loop. */
interface RunAnswer extends RunListener {

    /** The run has been taken in; it tells nothing but its start before that. */
    void taken(TakenRun run);
}
