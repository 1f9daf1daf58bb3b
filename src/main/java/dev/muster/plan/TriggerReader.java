package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Suggest;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reader of triggers. Problems are noted. */
final class TriggerReader {

    static final String WORD = "trigger";
    static final String CHECKPOINT = "checkpoint";
    static final String QUEUE = "queue";
    static final String CRON = "cron";
    static final String ZONE = "zone";
    static final String OVERLAP = "overlap";
    static final String ALLOW = "allow";

    /** What happens at a time when the previous run continues; the first is the default. */
    static final List<String> OVERLAPS = List.of("skip", ALLOW);

    static final int MAX_CONSUMERS = 10_000;
    static final int MAX_PREFETCH = 1_000;

    private static final int CONSUMERS = 1;
    private static final int PREFETCH = 0;

    private TriggerReader() {}

    /** Reads the trigger of a plan. Null if there is none, or if it is not valid. */
    static @Nullable Trigger read(Fields plan, Set<String> queues, List<Step> steps, Plan.Input input) {
        Optional<Fields> written = plan.fields(WORD);
        List<String> checkpoint = plan.strings(CHECKPOINT).orElse(List.of());
        if (written.isEmpty()) {
            if (plan.has(CHECKPOINT) && !plan.has(WORD)) {
                plan.problem(
                        CHECKPOINT, "checkpoint keeps results for a further attempt, but the plan has no \"trigger\"");
            }
            return null;
        }
        Fields trigger = written.get();
        boolean isByClock = trigger.mapping().has(CRON);
        if (isByClock && trigger.has(QUEUE)) {
            trigger.problem(QUEUE, trigger.what() + " has both \"cron\" and \"queue\"; use one of them");
        }
        if (isByClock && plan.has(CHECKPOINT)) {
            plan.problem(
                    CHECKPOINT,
                    "checkpoint keeps results for a further attempt at a job; a cron run has only one attempt");
        } else {
            checkSteps(plan, checkpoint, steps);
        }
        Trigger read = isByClock ? times(trigger, input) : jobs(trigger, queues, checkpoint);
        trigger.unknownWords();
        return read;
    }

    private static Trigger jobs(Fields trigger, Set<String> queues, List<String> checkpoint) {
        if (!trigger.has(QUEUE)) {
            trigger.problem(
                    QUEUE, trigger.what() + " needs \"queue\", whose jobs are the inputs, or \"cron\", the times");
        }
        String queue = trigger.has(QUEUE) ? trigger.requireString(QUEUE) : "";
        if (!queue.isEmpty() && !queues.contains(queue)) {
            trigger.problem(QUEUE, "there is no queue \"" + queue + "\"" + Suggest.didYouMean(queue, queues));
        }
        int consumers = trigger.integer("consumers", 1, MAX_CONSUMERS, CONSUMERS);
        int prefetch = trigger.integer("prefetch", 0, MAX_PREFETCH, PREFETCH);
        return new Trigger.Jobs(queue, consumers, prefetch, checkpoint);
    }

    private static @Nullable Trigger times(Fields trigger, Plan.Input input) {
        String written = trigger.requireString(CRON);
        ZoneId zone = zone(trigger);
        boolean overlaps = trigger.oneOf(OVERLAP, OVERLAPS, OVERLAPS.get(0)).equals(ALLOW);
        input.problems(Map.of())
                .forEach(problem -> trigger.problem(
                        CRON,
                        "a cron run has the input {}, which this plan rejects: " + problem
                                + "; make it optional (a type with ?), or compute it in a step"));
        if (written.isEmpty()) {
            return null;
        }
        try {
            return new Trigger.Times(Cron.parse(written, zone), overlaps);
        } catch (IllegalArgumentException e) {
            trigger.problem(CRON, "cron of " + trigger.what() + ": " + e.getMessage());
            return null;
        }
    }

    private static ZoneId zone(Fields trigger) {
        String name = trigger.string(ZONE, "UTC");
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            trigger.problem(
                    ZONE,
                    "zone of " + trigger.what() + ": there is no time zone \"" + name + "\""
                            + Suggest.didYouMean(name, ZoneId.getAvailableZoneIds())
                            + "; use one such as Europe/Berlin or UTC");
            return ZoneOffset.UTC;
        }
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
