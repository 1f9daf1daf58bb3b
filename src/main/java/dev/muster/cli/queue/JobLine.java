package dev.muster.cli.queue;

import dev.muster.queue.NewJob;

/**
 * A job to put, with its place in the input.
 *
 * @param number the line number, from 1
 * @param job the job
 * @param bytes the approximate size in a request, in bytes
 */
record JobLine(long number, NewJob job, int bytes) {}
