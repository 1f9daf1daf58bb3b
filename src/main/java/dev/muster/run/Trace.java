package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.MusterException;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The times of a run's steps, for its report. Bounded: beyond {@value #MOST} steps the later ones are only counted. On
 * the run's loop.
 */
final class Trace {

    static final int MOST = 1_000;

    private final Map<String, StepReport> steps = new LinkedHashMap<>();
    private final List<String> partial = new ArrayList<>(0);
    private long left;

    void began(String path, Step step, long nowNanos) {
        if (steps.size() >= MOST && !steps.containsKey(path)) {
            left++;
            return;
        }
        steps.put(path, new StepReport(path, summary(step.action()), isCall(step), nowNanos, -1, null, null));
    }

    /** Notes an end; {@code survived} says that the step's failure became a value. */
    void ended(String path, EndState state, long nowNanos, @Nullable MusterException error, boolean survived) {
        StepReport begun = steps.get(path);
        if (begun != null) {
            steps.put(path, begun.ended(state, nowNanos, error));
        }
        if (survived && partial.size() < MOST) {
            partial.add(path);
        }
    }

    List<String> partial() {
        return Collections.unmodifiableList(partial);
    }

    RunReport report(String run, String plan, long startedNanos, Event.@Nullable End end, long nowNanos) {
        return new RunReport(
                run, plan, startedNanos, nowNanos, end, List.copyOf(steps.values()), List.copyOf(partial), left);
    }

    private static boolean isCall(Step step) {
        return step.action() instanceof VerbCall;
    }

    private static String summary(Action action) {
        return action instanceof VerbCall call ? call.summary() : ((Action.Combinator) action).word();
    }
}
