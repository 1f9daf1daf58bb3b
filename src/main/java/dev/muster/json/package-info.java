/** JSON text to plain values and back, exact and within bounds. */
@NullMarked
package dev.muster.json;

import org.jspecify.annotations.NullMarked;
