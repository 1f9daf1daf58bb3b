/** Consumers and schedules: the jobs of a queue and the times of a cron schedule become runs of a plan. */
@NullMarked
package dev.muster.work;

import org.jspecify.annotations.NullMarked;
