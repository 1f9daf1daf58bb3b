/** Access to queues for the command line: over HTTP to a running node, or directly in the database of durable queues. */
@NullMarked
package dev.muster.app.desk;

import org.jspecify.annotations.NullMarked;
