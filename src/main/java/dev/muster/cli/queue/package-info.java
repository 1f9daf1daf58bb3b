/**
 * The commands {@code muster queue}. They reach queues over HTTP at a running node, or directly in the database of durable
 * queues.
 */
@NullMarked
package dev.muster.cli.queue;

import org.jspecify.annotations.NullMarked;
