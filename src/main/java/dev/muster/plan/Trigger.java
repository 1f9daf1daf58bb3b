package dev.muster.plan;

import java.util.List;

/** What runs a plan without a caller. */
public sealed interface Trigger {

    /**
     * The jobs of a queue, each of which is the input of a run.
     *
     * @param queue the name of the queue
     * @param consumers how many jobs are worked on at once on a node
     * @param prefetch how many more are taken ahead, so that the next one is there when a run ends
     * @param checkpoint the names of the steps whose results a later try of the same job finds
     */
    record Jobs(String queue, int consumers, int prefetch, List<String> checkpoint) implements Trigger {}

    /**
     * The clock: one run of all nodes at each time, with an empty map as its input.
     *
     * @param cron when
     * @param overlaps whether a run may begin while one before goes on; if not, that time is passed over
     */
    record Times(Cron cron, boolean overlaps) implements Trigger {}
}
