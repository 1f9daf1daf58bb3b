/** Executes a plan in a task group and reports each step. */
@NullMarked
package dev.muster.run;

import org.jspecify.annotations.NullMarked;
