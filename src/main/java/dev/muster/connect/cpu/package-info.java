/** The verb {@code cpu}: functions that run off the loop on bounded pools. */
@NullMarked
package dev.muster.connect.cpu;

import org.jspecify.annotations.NullMarked;
