/** Executes a plan in a task group and reports each step, one file for each policy and each combinator. */
@NullMarked
package dev.muster.run;

import org.jspecify.annotations.NullMarked;
