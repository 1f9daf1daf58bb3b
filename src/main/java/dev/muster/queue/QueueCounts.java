package dev.muster.queue;

/**
 * How many jobs of a queue are in each state.
 *
 * @param scheduled waiting for their time
 * @param ready waiting to be taken, those that their key holds back included
 * @param leased being worked on
 * @param done acknowledged: those that are kept, or all since the start in a store that keeps none
 * @param dead that can be brought back
 * @param cancelled as {@code done}
 */
public record QueueCounts(long scheduled, long ready, long leased, long done, long dead, long cancelled) {

    /** Nothing. */
    public static final QueueCounts NONE = new QueueCounts(0, 0, 0, 0, 0, 0);

    /** How many wait: what a queue's size bounds. */
    public long waiting() {
        return scheduled + ready;
    }

    /** How many are still to be worked on. */
    public long unfinished() {
        return scheduled + ready + leased;
    }
}
