/**
 * The log: its settings, formats and writer.
 */
@NullMarked
package dev.muster.log;

import org.jspecify.annotations.NullMarked;
