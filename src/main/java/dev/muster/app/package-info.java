/** Parses the command line, starts and stops everything in a numbered order, and holds the deployment in use. */
@NullMarked
package dev.muster.app;

import org.jspecify.annotations.NullMarked;
