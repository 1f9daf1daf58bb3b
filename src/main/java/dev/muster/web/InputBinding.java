package dev.muster.web;

import dev.muster.config.Suggest;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonMeter;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a plan's input from the path, query and body of a request. Created once for each plan; immutable, safe on any thread.
 *
 * <ul>
 *   <li>Text from path and query is converted by the input schema: whole numbers and numbers (in JSON syntax, every digit kept),
 *       {@code true} and {@code false}, text, and lists of these from one or more occurrences of a name. Values of the body are not
 *       converted.
 *   <li>{@code +} is a space in the query, and a plus in the path.
 *   <li>A name can come from one place only. An unknown name is an error unless the plan's {@code inputSchema} permits further names;
 *       it is then text, or converted by {@code additionalProperties}.
 *   <li>An object can come from the body only.
 * </ul>
 */
final class InputBinding {

    private final Plan.Input input;
    private final Map<String, ParameterType> types;
    private final @Nullable ParameterType others;
    private final boolean takesNothing;

    private InputBinding(Plan.Input input, Map<String, ParameterType> types, @Nullable ParameterType others) {
        this.input = input;
        this.types = types;
        this.others = others;
        this.takesNothing = input.problems(Map.of()).isEmpty();
    }

    /** The binding of a plan. */
    static InputBinding of(Plan plan) {
        Map<String, Object> schema = plan.input().schema();
        Map<String, ParameterType> types = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, property) -> types.put(String.valueOf(name), ParameterType.of(schema, property)));
        }
        Object more = schema.get("additionalProperties");
        boolean open = !Boolean.FALSE.equals(more) || schema.containsKey("patternProperties");
        ParameterType others = !open ? null : more instanceof Map ? ParameterType.of(schema, more) : ParameterType.TEXT;
        return new InputBinding(plan.input(), Collections.unmodifiableMap(types), others);
    }

    /**
     * The input of a request without a body.
     *
     * @param path the path variables, decoded
     * @param query the raw query without the question mark, or null
     * @throws MusterException of type {@code badInput} with all problems: the detail as a sentence, the field {@code problems} as a
     *     list
     */
    Map<String, @Nullable Object> bind(Map<String, String> path, @Nullable String query) throws MusterException {
        if (query == null && path.isEmpty() && takesNothing) {
            return Map.of();
        }
        Binder binder = new Binder(this, path);
        binder.query(query);
        return checked(binder);
    }

    /**
     * The input of a request with a body, which must be a JSON object. A body that is not JSON is reported together with the
     * problems of path and query.
     *
     * @param body the raw body
     * @param meter receives the size of the parsed value
     * @throws MusterException as {@link #bind(Map, String)}
     */
    Map<String, @Nullable Object> bind(Map<String, String> path, @Nullable String query, byte[] body, JsonMeter meter)
            throws MusterException {
        Binder binder = new Binder(this, path);
        binder.query(query);
        try {
            Object value = Json.parse(body, meter);
            if (value != null) {
                binder.body(value);
            }
        } catch (JsonException e) {
            binder.noBody(RequestJson.describe(e));
        }
        return checked(binder);
    }

    /** Whether an input can come from path or query: objects cannot. */
    boolean takesText(String name) {
        ParameterType type = types.getOrDefault(name, others);
        return type != null && type.takesText();
    }

    Set<String> names() {
        return types.keySet();
    }

    /** Whether unknown names are permitted. */
    boolean isOpen() {
        return others != null;
    }

    /** The type that the text of a name is converted to; null if the name is unknown and unknown names are not permitted. */
    @Nullable
    ParameterType type(String name) {
        return types.getOrDefault(name, others);
    }

    /** The message for an unknown name. */
    String unknown(String shown, String name) {
        return shown + " is unknown" + Suggest.didYouMean(name, types.keySet());
    }

    private Map<String, @Nullable Object> checked(Binder binder) {
        BindingProblems problems = binder.problems();
        if (binder.isWhole()) {
            problems.addOfInput(input.problems(binder.input()));
        }
        problems.throwIfAny();
        return binder.input();
    }
}
