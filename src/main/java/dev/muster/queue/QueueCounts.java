package dev.muster.queue;

/**
 * The number of jobs of a queue in each state.
 *
 * @param scheduled jobs that wait for their time
 * @param ready jobs that wait to be taken, including those that their key holds back
 * @param leased jobs being worked on
 * @param done acknowledged jobs: those that the store keeps, or all since the start in a store that keeps none
 * @param dead dead jobs, which can be redriven
 * @param cancelled cancelled jobs, counted like {@code done}
 */
public record QueueCounts(long scheduled, long ready, long leased, long done, long dead, long cancelled) {

    /** No jobs. */
    public static final QueueCounts NONE = new QueueCounts(0, 0, 0, 0, 0, 0);

    /** Returns the number of scheduled and ready jobs, which the size of a queue limits. */
    public long waiting() {
        return scheduled + ready;
    }

    /** Returns the number of scheduled, ready and leased jobs. */
    public long unfinished() {
        return scheduled + ready + leased;
    }
}
