package dev.muster.app;

import dev.muster.queue.NewJob;

/**
 * A job that is to be put, and where it stands.
 *
 * @param number of its line, from 1 on
 * @param job what to put
 * @param bytes how much it is in a request, about
 */
record JobLine(long number, NewJob job, int bytes) {}
