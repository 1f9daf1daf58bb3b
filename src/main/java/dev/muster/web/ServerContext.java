package dev.muster.web;

import dev.muster.loop.Loop;
import dev.muster.service.RunManager;
import org.jspecify.annotations.Nullable;

/**
 * The context that the requests of one server share.
 *
 * @param node the state that all servers of the node share
 * @param loop the loop of the requests
 * @param settings the settings of the server
 * @param limits the limits of requests
 * @param access the access log, or null if it is disabled
 */
record ServerContext(
        NodeState node,
        Loop loop,
        ServerSettings settings,
        HttpLimits limits,
        @Nullable AccessLog access) {

    WebDeployment site() {
        return node.site();
    }

    RunManager runManager() {
        return node.runManager();
    }
}
