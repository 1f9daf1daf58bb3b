package dev.muster.web;

import dev.muster.dispatch.Dispatcher;
import dev.muster.loop.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the requests of one server have in common.
 *
 * @param node what all servers share
 * @param loop the one that they are on
 * @param settings of the server
 * @param limits of requests
 */
record Desk(NodeState node, Loop loop, ServerSettings settings, HttpLimits limits) {

    /** The access log: a line for each request. */
    static final Logger ACCESS_LOG = LoggerFactory.getLogger("dev.muster.web.access");

    Site site() {
        return node.site();
    }

    Dispatcher dispatcher() {
        return node.dispatcher();
    }
}
