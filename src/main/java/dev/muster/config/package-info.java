/** Reads {@code conf/} into typed values; every error names file, line and path. */
@NullMarked
package dev.muster.config;

import org.jspecify.annotations.NullMarked;
