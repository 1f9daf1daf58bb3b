/** Reaches queues for the command line: those of a node that runs, over HTTP. */
@NullMarked
package dev.muster.app.desk;

import org.jspecify.annotations.NullMarked;
