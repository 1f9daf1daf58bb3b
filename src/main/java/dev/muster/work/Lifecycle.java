package dev.muster.work;

import io.vertx.core.Future;

/** A background activity of a node, with a start and a stop. Safe on any thread. */
public interface Lifecycle {

    /** Starts the activity. */
    void start();

    /**
     * Stops starting new work.
     *
     * @return completes when the work in progress has ended
     */
    Future<Void> stop();
}
