/** Compiles and evaluates the expressions of plans. */
@NullMarked
package dev.muster.expr;

import org.jspecify.annotations.NullMarked;
