/**
 * Reads {@code conf/} into typed values; every error names file, line and path.
 *
 * <p>A file becomes {@link dev.muster.config.Node}s with positions, whose values are of the types that package {@code json}
 * lists. {@link dev.muster.config.Fields} reads typed values from nodes and collects errors in
 * {@link dev.muster.config.Problems}, so that a user sees all errors at once.
 */
@NullMarked
package dev.muster.config;

import org.jspecify.annotations.NullMarked;
