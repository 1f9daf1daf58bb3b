package dev.muster.queue;

/**
 * The status of a queue, for operators.
 *
 * @param name name of the queue
 * @param store {@code memory}, or the name of the source
 * @param size maximum number of scheduled and ready jobs
 * @param counts number of jobs in each state
 * @param paused whether takes get no jobs
 * @param closed whether puts are rejected
 */
public record QueueStatus(String name, String store, long size, QueueCounts counts, boolean paused, boolean closed) {}
