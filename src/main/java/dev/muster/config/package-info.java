/**
 * Reads {@code conf/} into typed values; every error names file, line and path.
 *
 * <p>A file becomes {@link dev.muster.config.Node}s, which know their position and are of the values that package
 * {@code json} lists; {@link dev.muster.config.Fields} reads typed values from them and collects what is wrong in
 * {@link dev.muster.config.Problems}, so that a user sees all of it at once.
 */
@NullMarked
package dev.muster.config;

import org.jspecify.annotations.NullMarked;
