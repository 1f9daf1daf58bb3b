package dev.muster.plan;

import static dev.muster.plan.SchemaWords.map;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON Schema of triggers. */
final class TriggerSchema {

    private TriggerSchema() {}

    static Map<String, Object> get() {
        return map("anyOf", List.of(jobs(), times()), "description", "Runs the plan without a caller.");
    }

    private static Map<String, Object> jobs() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put(TriggerReader.QUEUE, text("The queue whose jobs are its inputs."));
        words.put("consumers", count(1, TriggerReader.MAX_CONSUMERS, "The number of concurrent jobs on a node."));
        words.put("prefetch", count(0, TriggerReader.MAX_AHEAD, "The number of prefetched jobs."));
        return object(words, TriggerReader.QUEUE);
    }

    private static Map<String, Object> times() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put(
                TriggerReader.CRON,
                text(
                        "The times: minute, hour, day of month, month and day of week, as in '*/5 * * * *', or '@daily'."));
        words.put(TriggerReader.ZONE, text("The time zone, such as Europe/Berlin; UTC by default."));
        words.put(
                TriggerReader.OVERLAP,
                map(
                        "enum",
                        TriggerReader.OVERLAPS,
                        "description",
                        "What happens if the previous run is still active at a time."));
        return object(words, TriggerReader.CRON);
    }

    private static Map<String, Object> object(Map<String, Object> words, String required) {
        return map("type", "object", "properties", words, "required", List.of(required), "additionalProperties", false);
    }

    private static Map<String, Object> text(String about) {
        return map("type", "string", "description", about);
    }

    private static Map<String, Object> count(long least, long most, String about) {
        return map("type", "integer", "minimum", least, "maximum", most, "description", about);
    }
}
