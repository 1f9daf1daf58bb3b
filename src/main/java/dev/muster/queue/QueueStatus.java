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
public record QueueStatus(String name, String store, long size, Counts counts, boolean paused, boolean closed) {

    /**
     * The number of jobs in each state.
     *
     * @param scheduled jobs that wait for their time
     * @param ready jobs that wait to be taken, including those that their key holds back
     * @param leased jobs being worked on
     * @param done acknowledged jobs: those that the store keeps, or all since the start in a store that keeps none
     * @param dead dead jobs, which can be redriven
     * @param cancelled cancelled jobs, counted like {@code done}
     */
    public record Counts(long scheduled, long ready, long leased, long done, long dead, long cancelled) {

        /** Returns the number of scheduled and ready jobs, which the size of a queue limits. */
        public long waiting() {
            return scheduled + ready;
        }

        /** Returns the number of scheduled, ready and leased jobs. */
        public long unfinished() {
            return scheduled + ready + leased;
        }
    }
}
