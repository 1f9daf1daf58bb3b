package dev.muster.run;

import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a run is not done.
 *
 * @param step the path of the step that ended it, or null where it was none
 * @param error the type and the detail; how often that step was tried, and why before, among its further fields
 * @param finished paths of the steps that were done
 * @param stopped paths of the steps that were stopped
 * @param notStarted names of the steps that had not begun
 * @param attempts those of that step before the last one, or null if there were none
 */
public record RunFailure(
        @Nullable String step,
        MusterException error,
        List<String> finished,
        List<String> stopped,
        List<String> notStarted,
        @Nullable Attempts attempts) {

    /** Where the step was tried once, or it was none. */
    public RunFailure(
            @Nullable String step,
            MusterException error,
            List<String> finished,
            List<String> stopped,
            List<String> notStarted) {
        this(step, error, finished, stopped, notStarted, null);
    }

    /** The error object: {@code {type, step, detail, …}}. */
    public Map<String, Object> toValue() {
        var value = new LinkedHashMap<String, Object>();
        value.put("type", error.type().word());
        if (step != null) {
            value.put("step", step);
        }
        value.put("detail", error.detail());
        value.putAll(error.more());
        return value;
    }
}
