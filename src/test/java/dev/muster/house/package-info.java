/** Rules of the house: which package may see which, who tells time, and what every file looks like. */
@NullMarked
package dev.muster.house;

import org.jspecify.annotations.NullMarked;
