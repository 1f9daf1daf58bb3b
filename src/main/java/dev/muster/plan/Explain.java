package dev.muster.plan;

import dev.muster.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    /** Explains a plan. If the plan has no time-out, its run limit is 30 s. */
    public static Explain of(Plan plan) {
        return of(plan, Duration.ofSeconds(30));
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
    public Optional<Duration> steps() {
        return WorstCase.ofLevel(plan.steps(), plan.inOrder());
    }

    /** The longest time that a run takes: the shorter of {@link #limit} and {@link #steps}. */
    public Duration worstCase() {
        return steps().filter(time -> time.compareTo(limit()) < 0).orElse(limit());
    }

    /** The explanation for programs, as a JSON value. */
    public Map<String, Object> toValue() {
        return new ExplainValue(plan, this).get();
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
        line(text, 1, "run limit: " + human(limit()) + (plan.timeout() == null ? " (the default)" : " (the plan's)"));
        line(text, 1, "worst case: " + human(worstCase()) + reason());
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
        Optional<Duration> steps = steps();
        if (steps.isEmpty()) {
            return ", the run limit; not every step has a limit of its own";
        }
        return steps.get().compareTo(limit()) > 0
                ? ", the run limit; the steps alone can take " + human(steps.get())
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
        List<List<Step>> stages = Stages.listed(plan.steps(), plan.inOrder());
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
        WorstCase.of(step).ifPresent(time -> how.add("takes " + human(time) + " at most"));
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

    static String human(Duration duration) {
        return Durations.human(duration);
    }
}
