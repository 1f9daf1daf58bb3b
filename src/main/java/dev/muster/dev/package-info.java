/** Embedded databases and fault upstreams for development and tests; never in the production jar. */
@NullMarked
package dev.muster.dev;

import org.jspecify.annotations.NullMarked;
