/** Task, task group, cancel scope; gather, wait, asCompleted, race, timeout. */
@NullMarked
package dev.muster.task;

import org.jspecify.annotations.NullMarked;
