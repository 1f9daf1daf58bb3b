/**
 * The command line: what all commands share (session, options, exit codes, terminal), and the commands except those about
 * queues.
 */
@NullMarked
package dev.muster.cli;

import org.jspecify.annotations.NullMarked;
