package dev.muster.connect;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The computed words of a call for one run.
 *
 * @param values JSON values by word; only those that were given
 * @param run the run's id
 * @param plan the plan's name
 * @param step the step's path in the run
 * @param session what the call around this one holds for it, or null
 * @param steps the steps that are written inside this call, or null where none can be
 * @param trace the trace that its requests belong to, or null where they belong to none
 */
public record Arguments(
        Map<String, @Nullable Object> values,
        String run,
        String plan,
        String step,
        @Nullable CallSession session,
        @Nullable InnerSteps steps,
        @Nullable TraceContext trace) {

    /** Those of a call that stands alone. */
    public Arguments(Map<String, @Nullable Object> values, String run, String plan, String step) {
        this(values, run, plan, step, null, null, null);
    }

    /** Whether a word was given. */
    public boolean has(String word) {
        return values.containsKey(word);
    }

    /** The value of a word, null where it is null or not given. */
    public @Nullable Object get(String word) {
        return values.get(word);
    }

    /** The map behind a word of type VALUES; empty where it is not given. */
    @SuppressWarnings("unchecked") // the parser lets only maps pass
    public Map<String, @Nullable Object> map(String word) {
        Object value = values.get(word);
        return value == null ? Map.of() : (Map<String, @Nullable Object>) value;
    }

    /** The list behind a word of type LIST; empty where it is not given. */
    public List<@Nullable Object> list(String word) {
        return values.get(word) instanceof List<?> list ? Collections.unmodifiableList(list) : List.of();
    }
}
