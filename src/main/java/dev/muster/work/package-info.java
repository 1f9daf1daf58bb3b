/** Consumers: the jobs of a queue become runs of a plan. */
@NullMarked
package dev.muster.work;

import org.jspecify.annotations.NullMarked;
