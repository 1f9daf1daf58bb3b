package dev.muster.web;

import dev.muster.dispatch.Dispatcher;
import dev.muster.loop.Loop;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one server have in common.
 *
 * @param node what all servers share
 * @param loop the one that they are on
 * @param settings of the server
 * @param limits of requests
 * @param access the access log, or null where there is none
 */
record Desk(
        NodeState node,
        Loop loop,
        ServerSettings settings,
        HttpLimits limits,
        @Nullable AccessLog access) {

    Site site() {
        return node.site();
    }

    Dispatcher dispatcher() {
        return node.dispatcher();
    }
}
