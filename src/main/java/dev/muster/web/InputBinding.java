package dev.muster.web;

import dev.muster.config.Suggest;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonMeter;
import dev.muster.plan.ErrorType;
import dev.muster.plan.InputSpec;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes a plan's input of a request's path, query and body. Made once a plan; immutable, any thread may bind.
 *
 * <ul>
 *   <li>The text of path and query becomes what the input's schema says: whole numbers and numbers (written as in JSON, every digit
 *       kept), {@code true} and {@code false}, text, and lists of these by a key that stands again and again, or once. The
 *       body's values stay what they are.
 *   <li>In the query {@code +} is a space; in the path it is a plus.
 *   <li>A name may come from one place only. An unknown one is an error, unless the plan's {@code inputSchema} lets others pass:
 *       then it is text, or what {@code additionalProperties} says.
 *   <li>An object comes by the body only.
 * </ul>
 */
public final class InputBinding {

    private final InputSpec input;
    private final Map<String, TextType> types;
    private final @Nullable TextType others;
    private final boolean takesNothing;

    private InputBinding(InputSpec input, Map<String, TextType> types, @Nullable TextType others) {
        this.input = input;
        this.types = types;
        this.others = others;
        this.takesNothing = input.problems(Map.of()).isEmpty();
    }

    /** The binding of a plan. */
    public static InputBinding of(Plan plan) {
        Map<String, Object> schema = plan.input().schema();
        Map<String, TextType> types = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, property) -> types.put(String.valueOf(name), TextType.of(schema, property)));
        }
        Object more = schema.get("additionalProperties");
        boolean open = !Boolean.FALSE.equals(more) || schema.containsKey("patternProperties");
        TextType others = !open ? null : more instanceof Map ? TextType.of(schema, more) : TextType.TEXT;
        return new InputBinding(plan.input(), Collections.unmodifiableMap(types), others);
    }

    /**
     * The input of a request without a body.
     *
     * @param path the values of the path's variables, decoded
     * @param query as it was sent, without the question mark, or null
     * @throws MusterException of type {@code badInput} that says all that is wrong at once: the detail in a sentence, the field
     *     {@code problems} as a list
     */
    public Map<String, @Nullable Object> bind(Map<String, String> path, @Nullable String query) throws MusterException {
        return bind(path, query, null);
    }

    /**
     * The input of a request.
     *
     * @param path the values of the path's variables, decoded
     * @param query as it was sent, without the question mark, or null
     * @param body the JSON value that was sent, or null where there is none; anything but an object is an error
     * @throws MusterException as {@link #bind(Map, String)}
     */
    public Map<String, @Nullable Object> bind(Map<String, String> path, @Nullable String query, @Nullable Object body)
            throws MusterException {
        if (query == null && body == null && path.isEmpty() && takesNothing) {
            return Map.of();
        }
        Binder binder = new Binder(this, path);
        binder.query(query);
        if (body != null) {
            binder.body(body);
        }
        return checked(binder);
    }

    /**
     * The input of a request with a body. That the body is no JSON is told beside what is wrong with the path and the query.
     *
     * @param body as it was sent
     * @param meter is told what the value takes
     * @throws MusterException as {@link #bind(Map, String)}
     */
    Map<String, @Nullable Object> bindText(
            Map<String, String> path, @Nullable String query, byte[] body, JsonMeter meter) throws MusterException {
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

    /** Whether a name of the input may come by path or query: an object has no text. */
    public boolean takesText(String name) {
        TextType type = types.getOrDefault(name, others);
        return type != null && type.takesText();
    }

    /** The names that are known. */
    Set<String> names() {
        return types.keySet();
    }

    /** Whether names that are not known pass. */
    boolean isOpen() {
        return others != null;
    }

    /** What the text of a name becomes; null where the name is unknown and none but the known ones pass. */
    @Nullable
    TextType type(String name) {
        return types.getOrDefault(name, others);
    }

    /** What is said of a name that is unknown. */
    String unknown(String shown, String name) {
        return shown + " is unknown" + Suggest.didYouMean(name, types.keySet());
    }

    private Map<String, @Nullable Object> checked(Binder binder) {
        BindingProblems problems = binder.problems();
        if (binder.isWhole()) {
            problems.addOfInput(input.problems(binder.input()));
        }
        if (!problems.isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, problems.sentence(), Map.of("problems", problems.list()), null);
        }
        return binder.input();
    }
}
