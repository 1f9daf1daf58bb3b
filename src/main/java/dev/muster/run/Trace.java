package dev.muster.run;

import dev.muster.connect.Receipt;
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

/** The times of a run's steps, for its report. Bounded: beyond {@value #MAX_STEPS} steps, later ones are only counted. On the run's loop. */
final class Trace {

    static final int MAX_STEPS = 1_000;

    private static final long BYTES_OF_ANY = 1_000;
    private static final long BYTES_OF_A_STEP = 250;
    private static final long BYTES_OF_A_TEXT = 1_000;

    private final Map<String, Begun> steps = new LinkedHashMap<>();
    private final List<String> partial = new ArrayList<>(0);
    private long left;
    private int texts;

    /** A step that has begun; reports are built on request. */
    private static final class Begun {
        private final String path;
        private final Step step;
        private final long startedNanos;
        private long endedNanos = -1;
        private @Nullable EndState state;
        private @Nullable MusterException error;
        private @Nullable Receipt cancel;
        private @Nullable Attempts attempts;

        Begun(String path, Step step, long startedNanos) {
            this.path = path;
            this.step = step;
            this.startedNanos = startedNanos;
        }

        StepReport report() {
            boolean isCall = step.action() instanceof VerbCall;
            return new StepReport(
                    path, summary(step.action()), isCall, startedNanos, endedNanos, state, error, attempts, cancel);
        }
    }

    void began(String path, Step step, long nowNanos) {
        if (steps.size() >= MAX_STEPS && !steps.containsKey(path)) {
            left++;
            return;
        }
        steps.put(path, new Begun(path, step, nowNanos));
    }

    /** Records the attempts of a step so far. */
    void tried(String path, Attempts attempts) {
        Begun begun = steps.get(path);
        if (begun != null) {
            int before = begun.attempts == null ? 0 : begun.attempts.errors().size();
            texts += attempts.errors().size() - before;
            begun.attempts = attempts;
        }
    }

    /** The attempts of a step; null if there was only one. */
    @Nullable
    Attempts attempts(@Nullable String path) {
        Begun begun = path == null ? null : steps.get(path);
        return begun == null ? null : begun.attempts;
    }

    /**
     * Records the end of a step.
     *
     * @param survived whether the failure of the step became a value
     */
    void ended(Event.StepEnd end, long nowNanos, boolean survived) {
        Begun begun = steps.get(end.path());
        if (begun != null) {
            begun.state = end.state();
            begun.endedNanos = nowNanos;
            begun.error = end.error();
            begun.cancel = end.cancel();
            texts += (end.error() == null ? 0 : 1) + (end.cancel() == null ? 0 : 1);
        }
        if (survived && partial.size() < MAX_STEPS) {
            partial.add(end.path());
        }
    }

    List<String> partial() {
        return Collections.unmodifiableList(partial);
    }

    /** The approximate memory in bytes. */
    long bytes() {
        return BYTES_OF_ANY + BYTES_OF_A_STEP * (steps.size() + partial.size()) + BYTES_OF_A_TEXT * texts;
    }

    RunReport report(String run, String plan, long startedNanos, Event.@Nullable End end, long nowNanos) {
        List<StepReport> reports = steps.values().stream().map(Begun::report).toList();
        return new RunReport(run, plan, startedNanos, nowNanos, end, reports, List.copyOf(partial), left);
    }

    private static String summary(Action action) {
        return action instanceof VerbCall call ? call.summary() : ((Action.Combinator) action).word();
    }
}
