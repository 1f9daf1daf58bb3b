package dev.muster.web;

import dev.muster.config.ProblemsException;
import dev.muster.service.QueueService;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The state that the servers of a node share. Safe on any thread. */
public interface NodeState {

    /** The deployment in use. */
    WebDeployment site();

    /** The manager of the node's runs. */
    RunManager runManager();

    /** The access of callers to the node's queues. */
    QueueService queues();

    /** The readiness checks of the sources. */
    HealthChecks healthChecks();

    /** The number of nodes in the cluster, including this one; 0 without a cluster. */
    int clusterNodes();

    /**
     * Runs work that would block a loop on another thread, as many tasks at once as there are cores. This default runs it on the
     * calling thread.
     */
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
     * Reads the configuration again and deploys it.
     *
     * @return the paths of changed settings that need a restart; or a failure with a {@link ProblemsException} of all problems, and
     *     the deployment stays in use
     */
    Future<List<String>> reload();
}
