package dev.muster.work;

import io.vertx.core.Future;

/** Something that a node does by itself until it is told to stop. From any thread. */
public interface Duty {

    /** Begins. */
    void start();

    /**
     * Begins nothing new.
     *
     * @return completes when what had begun has ended
     */
    Future<Void> stop();
}
