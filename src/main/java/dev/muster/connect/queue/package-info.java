/** The verb {@code queue}: puts jobs into the queues of the node. */
@NullMarked
package dev.muster.connect.queue;

import org.jspecify.annotations.NullMarked;
