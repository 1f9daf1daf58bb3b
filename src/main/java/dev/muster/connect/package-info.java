/** One file per kind of source: its words and defaults for the parser, its client, its cancel. */
@NullMarked
package dev.muster.connect;

import org.jspecify.annotations.NullMarked;
