/** What a node runs by itself: the jobs of a queue, and the times of a clock, become runs of a plan. */
@NullMarked
package dev.muster.work;

import org.jspecify.annotations.NullMarked;
