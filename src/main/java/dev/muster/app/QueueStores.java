package dev.muster.app;

import dev.muster.config.Configuration;
import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.loop.Loop;
import dev.muster.plan.Plan;
import dev.muster.plan.Trigger;
import dev.muster.queue.JobStore;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.QueueSettings;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which store a queue has, by its {@code store}: the one place that knows all of them. */
final class QueueStores {

    private QueueStores() {}

    /** Reads the section {@code queues}, and notes each queue whose store this version does not have. */
    static Map<String, QueueSettings> read(Configuration configuration, Problems problems) {
        Map<String, QueueSettings> queues = QueueSettings.read(configuration, problems);
        configuration.section("queues").stream()
                .flatMap(section -> section.entries().stream())
                .forEach(entry -> require(entry, queues.get(entry.name()), problems));
        return queues;
    }

    private static void require(Mapping.Entry entry, @Nullable QueueSettings settings, Problems problems) {
        if (settings != null
                && !settings.isMemory()
                && !settings.isElsewhere()
                && entry.value() instanceof Mapping words
                && words.has("store")) {
            problems.add(
                    words.at(),
                    "the queue \"" + entry.name() + "\" says store: " + settings.store()
                            + "; this version keeps jobs in memory only: say store: memory");
        }
    }

    /** Notes each plan that works on a queue of another node: nobody would take its jobs here. */
    static void checkTriggers(Collection<Plan> plans, Map<String, QueueSettings> queues, Problems problems) {
        for (Plan plan : plans) {
            Trigger trigger = plan.trigger();
            QueueSettings queue = trigger == null ? null : queues.get(trigger.queue());
            if (queue != null && queue.isElsewhere()) {
                problems.add(
                        plan.at(),
                        "the plan \"" + plan.name() + "\" works on the queue \"" + queue.name()
                                + "\", which another node has (store: cluster): let that one have the plan");
            }
        }
    }

    /** The store of a queue, on the loop that will use it. */
    static JobStore open(QueueSettings settings, Loop loop) {
        if (!settings.isMemory()) {
            throw new IllegalArgumentException(
                    "nobody keeps the jobs of the queue \"" + settings.name() + "\" in " + settings.store());
        }
        return new MemoryStore(loop, settings);
    }
}
