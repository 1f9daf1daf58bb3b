/** Jobs, their states, and the store seam: the queue of a node and the memory store. */
@NullMarked
package dev.muster.queue;

import org.jspecify.annotations.NullMarked;
