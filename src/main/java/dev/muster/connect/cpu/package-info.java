/** The verb {@code cpu}: functions, computed off the loop by worker verticles. */
@NullMarked
package dev.muster.connect.cpu;

import org.jspecify.annotations.NullMarked;
