/** Jobs, states, producers, consumers, the store seam and the memory store. */
@NullMarked
package dev.muster.queue;

import org.jspecify.annotations.NullMarked;
