/**
 * Starts and stops everything in a numbered order and holds the deployment in use (the public {@link Muster} for
 * embedding is here); also the commands and the log.
 */
@NullMarked
package dev.muster.app;

import org.jspecify.annotations.NullMarked;
