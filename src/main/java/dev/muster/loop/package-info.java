/** The only source of order and time. */
@NullMarked
package dev.muster.loop;

import org.jspecify.annotations.NullMarked;
