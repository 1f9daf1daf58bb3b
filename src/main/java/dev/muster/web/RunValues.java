package dev.muster.web;

import dev.muster.loop.Nanos;
import dev.muster.run.Attempts;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import dev.muster.service.RunHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs as JSON values. */
final class RunValues {

    private static final String RUNNING = "running";

    private RunValues() {}

    /** One line of a list: {@code {run, plan, caller, state, started, ms, error?, cancel?}}. */
    static Map<String, Object> line(RunHandle run, RunReport.Summary summary) {
        var value = new LinkedHashMap<String, Object>();
        Event.End end = summary.end();
        value.put("run", summary.run());
        value.put("plan", summary.plan());
        value.put("caller", run.owner());
        value.put("state", end == null ? RUNNING : end.state().word());
        value.put("started", run.started().toString());
        value.put("ms", Nanos.toMillis(summary.nowNanos() - summary.startedNanos()));
        if (end != null && end.failure() != null) {
            value.put("error", end.failure().toValue());
        }
        if (end != null && end.cancel() != null) {
            value.put("cancel", end.cancel().toValue());
        }
        return value;
    }

    /**
     * The full report: the line, {@code partial}, {@code steps: [{path, does, state, startMs, ms, error, attempts, errors,
     * cancel}]}, and {@code stepsLeftOut} if there are more steps.
     */
    static Map<String, Object> report(RunHandle run, RunReport report) {
        Map<String, Object> value = line(run, report.summary());
        value.put("partial", report.partial());
        List<Map<String, Object>> steps =
                report.steps().stream().map(step -> step(step, report)).toList();
        value.put("steps", steps);
        if (report.left() > 0) {
            value.put("stepsLeftOut", report.left());
        }
        return value;
    }

    private static Map<String, Object> step(StepReport step, RunReport report) {
        var value = new LinkedHashMap<String, Object>();
        long ended = step.endedNanos() < 0 ? report.nowNanos() : step.endedNanos();
        value.put("path", step.path());
        value.put("does", step.summary());
        value.put("state", word(step.state()));
        value.put("startMs", Nanos.toMillis(step.startedNanos() - report.startedNanos()));
        value.put("ms", Nanos.toMillis(ended - step.startedNanos()));
        if (step.error() != null) {
            value.put("error", step.error().toValue());
        }
        Attempts.add(step.attempts(), value);
        if (step.cancel() != null) {
            value.put("cancel", step.cancel().toValue());
        }
        return value;
    }

    private static String word(@Nullable EndState state) {
        return state == null ? RUNNING : state.word();
    }
}
