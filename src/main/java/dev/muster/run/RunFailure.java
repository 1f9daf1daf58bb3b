package dev.muster.run;

import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a run.
 *
 * @param step the path of the step that ended the run, or null if no step did
 * @param error the error; its further fields include the attempts of that step and their errors
 * @param finished the paths of the steps that were done
 * @param stopped the paths of the steps that were cancelled or timed out
 * @param notStarted the names of the steps that had not begun
 * @param attempts the attempts of that step, or null if there was only one
 */
public record RunFailure(
        @Nullable String step,
        MusterException error,
        List<String> finished,
        List<String> stopped,
        List<String> notStarted,
        @Nullable Attempts attempts) {

    /** The error as a JSON object: {@code {type, step, detail, …}}. */
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
