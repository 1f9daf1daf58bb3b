package dev.muster.plan;

import dev.muster.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The explanation of a plan: its stages, its dependencies, what runs concurrently, the limits and the worst case.
 *
 * <p>Immutable. The same plan gives the same text. The worst case is the longest chain of steps that wait for each other,
 * each with all its attempts and pauses, or its time-out if that is shorter. A verb without a time-out and an {@code each}
 * over a computed list are limited by the run only. Clean-up has a budget of its own and is not counted.
 */
public final class Explain {

    private static final int MAX_TIMES = 3;

    private final Plan plan;
    private final Duration runLimit;
    private final @Nullable Instant now;

    private Explain(Plan plan, Duration runLimit, @Nullable Instant now) {
        this.plan = plan;
        this.runLimit = runLimit;
        this.now = now;
    }

    /** Explains a plan. If the plan has no time-out, its run limit is {@code runLimit}. */
    public static Explain of(Plan plan, Duration runLimit) {
        return new Explain(plan, runLimit, null);
    }

    /** The same explanation, with the next times after {@code moment} if the plan runs on a schedule. */
    public Explain at(Instant moment) {
        return new Explain(plan, runLimit, moment);
    }

    /**
     * The next times of a scheduled plan, as local times of its zone with the offset. Empty if the plan has no schedule or
     * no moment was given.
     */
    List<String> nextTimes() {
        if (now == null || !(plan.trigger() instanceof Trigger.Times times)) {
            return List.of();
        }
        return times.cron().next(now, MAX_TIMES).stream()
                .map(time -> time.atZone(times.cron().zone()).toOffsetDateTime().toString())
                .toList();
    }

    /** The time limit of a run. */
    public Duration limit() {
        return plan.timeout() == null ? runLimit : plan.timeout();
    }

    /** The longest time of the steps by their own limits; empty if a step has none. */
    public Optional<Duration> stepsTime() {
        return WorstCase.ofLevel(plan.steps(), plan.inOrder());
    }

    /** The longest time that a run takes: the shorter of {@link #limit} and {@link #stepsTime}. */
    public Duration worstCase() {
        return stepsTime().filter(time -> time.compareTo(limit()) < 0).orElse(limit());
    }

    /** The explanation for programs, as a JSON value. */
    public Map<String, Object> toValue() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("plan", plan.name());
        if (plan.expose() != null) {
            value.put("expose", plan.expose().method() + " " + plan.expose().path());
        }
        if (plan.trigger() instanceof Trigger.Jobs jobs) {
            value.put(
                    TriggerReader.WORD,
                    Map.of(TriggerReader.QUEUE, jobs.queue(), "consumers", (long) jobs.consumers(), "prefetch", (long)
                            jobs.prefetch()));
            value.put(TriggerReader.CHECKPOINT, jobs.checkpoint());
        } else if (plan.trigger() instanceof Trigger.Times times) {
            value.put(
                    TriggerReader.WORD,
                    Map.of(
                            TriggerReader.CRON, times.cron().text(),
                            TriggerReader.ZONE, times.cron().zone().getId(),
                            TriggerReader.OVERLAP, TriggerReader.OVERLAPS.get(times.overlaps() ? 1 : 0)));
            if (!nextTimes().isEmpty()) {
                value.put("next", nextTimes());
            }
        }
        value.put("public", plan.isPublic());
        value.put("adhoc", plan.adhoc());
        value.put("input", plan.input().schema());
        value.put("limitMs", limit().toMillis());
        value.put("worstCaseMs", worstCase().toMillis());
        stepsTime().ifPresent(time -> value.put("stepsMs", time.toMillis()));
        value.put("inOrder", plan.inOrder());
        value.put(
                "stages",
                Dependencies.stages(plan.steps(), plan.inOrder()).stream()
                        .map(stage -> stage.stream().map(Step::name).toList())
                        .toList());
        value.put("steps", stepValues(plan.steps(), plan.inOrder()));
        if (plan.output() != null) {
            value.put("outputFrom", List.copyOf(plan.output().references()));
        }
        return value;
    }

    /** The explanation for people. Each line ends with a line feed. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(plan.name()).append('\n');
        if (plan.expose() != null) {
            line(
                    text,
                    1,
                    "endpoint: " + plan.expose().method() + " " + plan.expose().path()
                            + (plan.isPublic() ? ", without authentication" : ", for callers"));
        }
        if (plan.trigger() instanceof Trigger.Jobs jobs) {
            line(
                    text,
                    1,
                    "jobs: of the queue " + jobs.queue() + ", " + jobs.consumers() + " concurrent on a node, "
                            + jobs.prefetch() + " prefetched"
                            + (jobs.checkpoint().isEmpty()
                                    ? ""
                                    : "; checkpoints: " + String.join(", ", jobs.checkpoint())));
        } else if (plan.trigger() instanceof Trigger.Times times) {
            line(
                    text,
                    1,
                    "cron: " + times.cron()
                            + (times.overlaps()
                                    ? ", even if the previous run is still active"
                                    : ", unless the previous run is still active"));
            if (now != null) {
                line(text, 1, "next: " + String.join(", ", nextTimes()));
            }
        }
        line(
                text,
                1,
                "run limit: " + Durations.human(limit())
                        + (plan.timeout() == null ? " (the default)" : " (the plan's)"));
        line(text, 1, "worst case: " + Durations.human(worstCase()) + reason());
        if (plan.steps().isEmpty()) {
            line(text, 1, "no steps: the output is computed from the input alone");
        } else {
            stages(text);
            plan.steps().forEach(step -> step(text, step, 1));
        }
        line(text, 1, "output: " + output());
        return text.toString();
    }

    private String reason() {
        Optional<Duration> steps = stepsTime();
        if (steps.isEmpty()) {
            return ", the run limit; not every step has a limit of its own";
        }
        return steps.get().compareTo(limit()) > 0
                ? ", the run limit; the steps alone can take " + Durations.human(steps.get())
                : ", the longest chain of steps";
    }

    private String output() {
        return plan.output() == null
                ? "the map of all results"
                : plan.output().references().isEmpty()
                        ? "as written"
                        : "from " + String.join(", ", plan.output().references());
    }

    private void stages(StringBuilder text) {
        List<List<Step>> stages = Dependencies.stages(plan.steps(), plan.inOrder());
        for (int i = 0; i < stages.size(); i++) {
            line(
                    text,
                    1,
                    "stage " + (i + 1) + ": "
                            + stages.get(i).stream().map(Step::name).collect(Collectors.joining(", ")));
        }
    }

    private static void step(StringBuilder text, Step step, int indent) {
        line(text, indent, step.name() + ": " + StepWording.does(step.action()));
        List<String> how = new ArrayList<>();
        if (!step.dependsOn().isEmpty()) {
            how.add("waits for " + String.join(", ", step.dependsOn()));
        }
        how.addAll(StepWording.how(step.policies()));
        WorstCase.of(step).ifPresent(time -> how.add("takes " + Durations.human(time) + " at most"));
        if (!how.isEmpty()) {
            line(text, indent + 1, String.join("; ", how));
        }
        step.action().children().forEach(child -> step(text, child, indent + 1));
        if (step.policies().finallyStep() != null) {
            step(text, step.policies().finallyStep(), indent + 1);
        }
    }

    private static void line(StringBuilder text, int indent, String line) {
        text.append("  ".repeat(indent)).append(line).append('\n');
    }

    private static List<Map<String, Object>> stepValues(List<Step> steps, boolean inOrder) {
        List<List<Step>> stages = Dependencies.stages(steps, inOrder);
        var stageOf = new IdentityHashMap<Step, Integer>();
        for (int i = 0; i < stages.size(); i++) {
            int stage = i + 1;
            stages.get(i).forEach(step -> stageOf.put(step, stage));
        }
        return steps.stream().map(step -> stepValue(step, stageOf.get(step))).toList();
    }

    private static Map<String, Object> stepValue(Step step, @Nullable Integer stage) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("name", step.name());
        if (stage != null) {
            value.put("stage", stage);
        }
        putAction(step.action(), value);
        value.put("does", StepWording.does(step.action()));
        value.put("dependsOn", step.dependsOn());
        value.put("mentions", step.mentions().stream().sorted().toList());
        List<String> how = StepWording.how(step.policies());
        if (!how.isEmpty()) {
            value.put("how", how);
        }
        WorstCase.of(step).ifPresent(time -> value.put("worstCaseMs", time.toMillis()));
        if (!step.action().children().isEmpty()) {
            boolean inOrder = step.action() instanceof Action.Sequence || step.action() instanceof VerbCall;
            value.put("steps", stepValues(step.action().children(), inOrder));
        }
        if (step.policies().finallyStep() != null) {
            value.put("finally", stepValue(step.policies().finallyStep(), null));
        }
        return value;
    }

    private static void putAction(Action action, Map<String, Object> value) {
        if (action instanceof VerbCall call) {
            value.put("verb", call.verb());
            if (!call.target().isEmpty()) {
                value.put("target", call.target());
            }
            return;
        }
        value.put("verb", ((Action.Combinator) action).word());
        if (action instanceof Action.Each each) {
            value.put("as", each.as());
            value.put("concurrency", each.concurrency());
            if (each.flowsFrom() != null) {
                value.put("flowsFrom", each.flowsFrom());
            }
        } else if (action instanceof Action.Gather gather) {
            value.put("concurrency", gather.concurrency());
        } else if (action instanceof Action.Wait wait) {
            value.put("until", wait.until().name().toLowerCase(Locale.ROOT));
        }
    }
}
