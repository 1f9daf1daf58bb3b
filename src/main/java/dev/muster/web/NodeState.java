package dev.muster.web;

import dev.muster.config.ProblemsException;
import dev.muster.dispatch.Dispatcher;
import dev.muster.dispatch.QueueDispatcher;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What the servers of a node share, and what of it changes while they serve. Safe on every thread. */
public interface NodeState {

    /** What is offered now. */
    Site site();

    /** Where runs are taken in. */
    Dispatcher dispatcher();

    /** Where callers come to the queues. */
    QueueDispatcher queues();

    /** Whether the sources are ready. */
    HealthChecks healthChecks();

    /** How many nodes its cluster has, with this one; 0 if it is in none. */
    int clusterNodes();

    /** Does what would hold a loop for long on another thread, so many at once as there are cores; here, unless a node says otherwise. */
    default <T extends @Nullable Object> Future<T> offLoop(Callable<T> work) {
        try {
            return Future.succeededFuture(work.call());
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    /** Whether the node was asked to stop. */
    boolean isStopping();

    /**
     * Reads the configuration anew and offers what it says.
     *
     * @return the paths of settings that were changed and need a restart, or a {@link ProblemsException} with everything that is wrong: all stays as it was then
     */
    Future<List<String>> reload();
}
