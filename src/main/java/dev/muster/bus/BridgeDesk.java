package dev.muster.bus;

import dev.muster.loop.Loop;
import io.vertx.core.eventbus.EventBus;

/**
 * What the connections of one server have in common.
 *
 * @param bus where calls come from
 * @param loop the one that they are on
 * @param runs what brings about runs there
 * @param queues what leads to the queues
 * @param limits of frames
 */
record BridgeDesk(EventBus bus, Loop loop, BusRuns runs, BusQueues queues, BusLimits limits) {}
