/**
 * Starts and stops everything in a numbered order and holds the deployment in use. {@link dev.muster.node.Muster} is the
 * public entry point for embedding.
 */
@NullMarked
package dev.muster.node;

import org.jspecify.annotations.NullMarked;
