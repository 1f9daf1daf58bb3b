/** Takes runs in, and callers to the queues: who may, how many at once, and what runs reported for a while. */
@NullMarked
package dev.muster.dispatch;

import org.jspecify.annotations.NullMarked;
