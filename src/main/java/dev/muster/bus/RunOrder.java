package dev.muster.bus;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a message to {@code muster.run}.
 *
 * @param plan the name of a saved plan, or a plan as text or as a JSON object
 * @param input a JSON value; an empty object if absent
 * @param events the address for the events, or null if only the output is wanted
 * @param window the maximum number of unacknowledged events; 0 if events are not acknowledged
 * @param deadline the time that the sender waits, as it was sent; null if absent
 */
record RunOrder(
        Object plan,
        @Nullable Object input,
        @Nullable String events,
        int window,
        @Nullable Object deadline) {

    private static final Set<String> WORDS = Set.of("plan", "input", "events", "window", "deadline");
    private static final int MAX_WINDOW = 10_000;

    /**
     * Parses a message body.
     *
     * @throws MusterException of type {@code badInput}
     */
    static RunOrder of(@Nullable Object body) {
        if (!(body instanceof Map<?, ?> map) || !WORDS.containsAll(map.keySet())) {
            throw wrong("the body must be {plan, input?, events?, window?, deadline?}");
        }
        Object plan = map.get("plan");
        if (!(plan instanceof Map<?, ?>) && !(plan instanceof String text && !text.isBlank())) {
            throw wrong("plan must be the name of a plan, or a plan as an object or as its text");
        }
        Object events = map.get("events");
        if (events != null && !(events instanceof String address && !address.isBlank())) {
            throw wrong("events must be an address");
        }
        Object input = map.containsKey("input") ? map.get("input") : Map.of();
        return new RunOrder(
                plan, input, (String) events, window(map.get("window"), events != null), map.get("deadline"));
    }

    /** Whether {@code plan} is the name of a saved plan. Text with a line break or a colon is a plan. */
    boolean isNamed() {
        return plan instanceof String text && text.indexOf('\n') < 0 && text.indexOf(':') < 0;
    }

    private static int window(@Nullable Object value, boolean hasEvents) {
        if (value == null) {
            return 0;
        }
        if (!(value instanceof Long window) || window < 1 || window > MAX_WINDOW) {
            throw wrong("window must be a whole number from 1 to " + MAX_WINDOW);
        }
        if (!hasEvents) {
            throw wrong("a window needs events, the address that receives them");
        }
        return window.intValue();
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, "muster.run: " + detail);
    }
}
