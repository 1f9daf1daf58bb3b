/** The kernel: tasks, task groups and cancellation, with gather, wait, asCompleted, race and timeouts. */
@NullMarked
package dev.muster.task;

import org.jspecify.annotations.NullMarked;
