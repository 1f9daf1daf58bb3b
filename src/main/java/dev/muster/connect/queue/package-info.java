/** The verb {@code queue}: puts jobs into queues of this node or of other nodes. */
@NullMarked
package dev.muster.connect.queue;

import org.jspecify.annotations.NullMarked;
