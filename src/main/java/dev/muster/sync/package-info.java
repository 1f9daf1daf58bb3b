/** Semaphore, lock, event, bounded queue for tasks. */
@NullMarked
package dev.muster.sync;

import org.jspecify.annotations.NullMarked;
