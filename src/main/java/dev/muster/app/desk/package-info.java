/** Reaches queues for the command line: those of a node that runs, over HTTP, and durable ones in their database. */
@NullMarked
package dev.muster.app.desk;

import org.jspecify.annotations.NullMarked;
