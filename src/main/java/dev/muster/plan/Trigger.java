package dev.muster.plan;

import java.util.List;

/** The trigger of a plan: starts runs without a caller. Immutable. */
public sealed interface Trigger {

    /**
     * The jobs of a queue. Each job is the input of one run.
     *
     * @param queue the name of the queue
     * @param consumers the number of jobs that run concurrently on a node
     * @param prefetch the number of further jobs taken ahead, so that a run can start as soon as another ends
     * @param checkpoint the names of the steps whose results are kept for a later attempt at the same job
     */
    record Jobs(String queue, int consumers, int prefetch, List<String> checkpoint) implements Trigger {}

    /**
     * A schedule. At each time, one node runs the plan with an empty map as its input.
     *
     * @param cron the times
     * @param overlaps whether a run can start while an earlier one continues; if not, the time is skipped
     */
    record Times(Cron cron, boolean overlaps) implements Trigger {}
}
