/** A plan as immutable records: parse, check, explain. */
@NullMarked
package dev.muster.plan;

import org.jspecify.annotations.NullMarked;
