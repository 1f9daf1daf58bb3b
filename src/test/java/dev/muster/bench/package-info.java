/** Benchmarks, and the guard that limits what one operation allocates. */
@NullMarked
package dev.muster.bench;

import org.jspecify.annotations.NullMarked;
