package dev.muster.queue;

/**
 * A queue as its operators see it.
 *
 * @param name of the queue
 * @param store {@code memory}, or the name of the source
 * @param size how many jobs may wait
 * @param counts how many jobs are in each state
 * @param paused whether takes get nothing
 * @param closed whether puts are refused
 */
public record QueueStatus(String name, String store, long size, QueueCounts counts, boolean paused, boolean closed) {}
