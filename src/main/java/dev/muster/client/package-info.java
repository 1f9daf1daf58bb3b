/** The Java client: runs plans over the event bus or its TCP bridge, takes their events, answers calls and works on queues. */
@NullMarked
package dev.muster.client;

import org.jspecify.annotations.NullMarked;
