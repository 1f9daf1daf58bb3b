/** The Java client: runs plans over the event bus or its TCP bridge, takes their events, answers calls. */
@NullMarked
package dev.muster.client;

import org.jspecify.annotations.NullMarked;
