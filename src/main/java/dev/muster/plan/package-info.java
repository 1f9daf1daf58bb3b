/** A plan as immutable records: parse, check, explain, by the words it is given. It never executes. */
@NullMarked
package dev.muster.plan;

import org.jspecify.annotations.NullMarked;
