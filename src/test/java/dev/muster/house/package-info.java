/** The rules of the project: which package uses which, who reads the clock, and what every file looks like. */
@NullMarked
package dev.muster.house;

import org.jspecify.annotations.NullMarked;
