package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Suggest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What runs a plan without a caller: the jobs of a queue, each of which is the input of a run.
 *
 * @param queue the name of the queue
 * @param consumers how many jobs are worked on at once on a node
 * @param prefetch how many more are taken ahead, so that the next one is there when a run ends
 * @param checkpoint the names of the steps whose results a later try of the same job finds
 */
public record Trigger(String queue, int consumers, int prefetch, List<String> checkpoint) {

    static final String WORD = "trigger";
    static final String CHECKPOINT = "checkpoint";
    static final int MOST_CONSUMERS = 10_000;
    static final int MOST_AHEAD = 1_000;

    private static final int CONSUMERS = 1;
    private static final int AHEAD = 0;

    /** The one that a plan's top says; null where there is none, or none that holds. What is wrong is noted. */
    static @Nullable Trigger read(Fields plan, Set<String> queues, List<Step> steps) {
        Optional<Fields> written = plan.fields(WORD);
        List<String> checkpoint = plan.strings(CHECKPOINT).orElse(List.of());
        if (written.isEmpty()) {
            if (plan.has(CHECKPOINT) && !plan.has(WORD)) {
                plan.problem(CHECKPOINT, "checkpoint keeps results for another try, but the plan has no \"trigger\"");
            }
            return null;
        }
        checkSteps(plan, checkpoint, steps);
        Fields trigger = written.get();
        String queue = trigger.requireString("queue");
        if (!queue.isEmpty() && !queues.contains(queue)) {
            trigger.problem("queue", "there is no queue \"" + queue + "\"" + Suggest.didYouMean(queue, queues));
        }
        int consumers = trigger.integer("consumers", 1, MOST_CONSUMERS, CONSUMERS);
        int prefetch = trigger.integer("prefetch", 0, MOST_AHEAD, AHEAD);
        trigger.unknownWords();
        return new Trigger(queue, consumers, prefetch, checkpoint);
    }

    private static void checkSteps(Fields plan, List<String> checkpoint, List<Step> steps) {
        List<String> names = steps.stream().map(Step::name).toList();
        for (String name : checkpoint) {
            if (!names.contains(name)) {
                plan.problem(
                        CHECKPOINT,
                        "checkpoint: the plan has no step \"" + name + "\"" + Suggest.didYouMean(name, names));
            }
        }
    }
}
