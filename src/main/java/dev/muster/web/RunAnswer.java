package dev.muster.web;

import dev.muster.run.RunListener;
import dev.muster.service.ManagedRun;

/** The response to a request that started a run. Runs on the run's loop. */
interface RunAnswer extends RunListener {

    /** The run has been admitted. The only event before this call is the start of the run. */
    void taken(ManagedRun run);
}
