/** One package for each kind of source: its words, settings, client, cancel, readiness and statistics. */
@NullMarked
package dev.muster.connect;

import org.jspecify.annotations.NullMarked;
