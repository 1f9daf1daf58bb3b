/** Semaphore, lock, condition, event, barrier and bounded queue for tasks. */
@NullMarked
package dev.muster.sync;

import org.jspecify.annotations.NullMarked;
