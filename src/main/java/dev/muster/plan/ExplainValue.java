package dev.muster.plan;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The explanation of a plan as a JSON value. Times are in milliseconds. */
final class ExplainValue {

    private final Plan plan;
    private final Explain explain;

    ExplainValue(Plan plan, Explain explain) {
        this.plan = plan;
        this.explain = explain;
    }

    Map<String, Object> get() {
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
            if (!explain.nextTimes().isEmpty()) {
                value.put("next", explain.nextTimes());
            }
        }
        value.put("public", plan.isPublic());
        value.put("adhoc", plan.adhoc());
        value.put("input", plan.input().schema());
        value.put("limitMs", explain.limit().toMillis());
        value.put("worstCaseMs", explain.worstCase().toMillis());
        explain.steps().ifPresent(time -> value.put("stepsMs", time.toMillis()));
        value.put("inOrder", plan.inOrder());
        value.put(
                "stages",
                Stages.listed(plan.steps(), plan.inOrder()).stream()
                        .map(stage -> stage.stream().map(Step::name).toList())
                        .toList());
        value.put("steps", steps(plan.steps(), plan.inOrder()));
        if (plan.output() != null) {
            value.put("outputFrom", List.copyOf(plan.output().references()));
        }
        return value;
    }

    private static List<Map<String, Object>> steps(List<Step> steps, boolean inOrder) {
        Map<Step, Integer> stages = Stages.of(steps, inOrder);
        return steps.stream().map(step -> step(step, stages.get(step))).toList();
    }

    private static Map<String, Object> step(Step step, @Nullable Integer stage) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("name", step.name());
        if (stage != null) {
            value.put("stage", stage);
        }
        action(step.action(), value);
        value.put("does", StepWording.does(step.action()));
        value.put("dependsOn", step.dependsOn());
        value.put("mentions", step.mentions().stream().sorted().toList());
        List<String> how = StepWording.how(step.policies());
        if (!how.isEmpty()) {
            value.put("how", how);
        }
        Optional<Duration> time = WorstCase.of(step);
        time.ifPresent(it -> value.put("worstCaseMs", it.toMillis()));
        if (!step.action().children().isEmpty()) {
            boolean inOrder = step.action() instanceof Action.Sequence || step.action() instanceof VerbCall;
            value.put("steps", steps(step.action().children(), inOrder));
        }
        if (step.policies().finallyStep() != null) {
            value.put("finally", step(step.policies().finallyStep(), null));
        }
        return value;
    }

    private static void action(Action action, Map<String, Object> value) {
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
