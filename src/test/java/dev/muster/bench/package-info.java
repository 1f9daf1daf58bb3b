/** Measurements to be run by hand. */
@NullMarked
package dev.muster.bench;

import org.jspecify.annotations.NullMarked;
