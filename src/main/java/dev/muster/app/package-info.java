/** Reads the command line, starts and stops everything in a numbered order. */
@NullMarked
package dev.muster.app;

import org.jspecify.annotations.NullMarked;
