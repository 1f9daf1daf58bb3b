package dev.muster.bus;

import dev.muster.loop.Loop;
import io.vertx.core.eventbus.EventBus;

/**
 * The context that the bridge connections of one server share.
 *
 * @param bus the event bus, which calls to workers come from
 * @param loop the loop of the connections
 * @param runs the handler of run requests
 * @param queues the handler of queue requests
 * @param limits the limits of frames and connections
 */
record BridgeContext(EventBus bus, Loop loop, BusRuns runs, BusQueues queues, BusLimits limits) {}
