package dev.muster.plan;

import dev.muster.expr.Names;
import dev.muster.expr.Type;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaException;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An input that is checked by a JSON Schema. The library receives the schema without the {@link OwnKeywords}. */
final class SchemaInput implements Plan.Input {

    private static final int MAX_SHOWN = 100;
    private static final String UNUSABLE = "input cannot be checked by the plan's inputSchema: ";

    private final Map<String, Object> schema;
    private final OwnKeywords own;
    private final Validator validator;
    private final Type type;

    SchemaInput(Map<String, Object> schema) {
        this.schema = schema;
        this.own = new OwnKeywords(schema);
        this.validator = JsonSchemas.validator(own.rest());
        this.type = typeOf(schema);
    }

    @Override
    public Type type() {
        return type;
    }

    @Override
    public Set<String> names() {
        return schema.get("properties") instanceof Map<?, ?> properties ? names(properties) : Set.of();
    }

    private static Set<String> names(Map<?, ?> properties) {
        Set<String> names = new LinkedHashSet<>();
        properties.keySet().forEach(name -> names.add(String.valueOf(name)));
        return names;
    }

    @Override
    public Map<String, Object> schema() {
        return schema;
    }

    @Override
    public List<String> problems(@Nullable Object input) {
        try {
            OutputUnit result = validator.validate(JsonSchemas.wrapped(input));
            List<OwnKeywords.Mismatch> mismatches = own.mismatches(input);
            boolean valid = Boolean.TRUE.equals(result.getValid());
            return valid && mismatches.isEmpty() ? List.of() : described(valid ? null : result, mismatches);
        } catch (OwnKeywords.TooMuch e) {
            return List.of(String.valueOf(e.getMessage()));
        } catch (SchemaException | ClassCastException e) {
            // The library finds an invalid keyword only when it evaluates that keyword.
            return List.of(UNUSABLE + e.getMessage());
        } catch (StackOverflowError e) {
            return List.of(UNUSABLE + "its references form an endless cycle");
        }
    }

    private static List<String> described(@Nullable OutputUnit result, List<OwnKeywords.Mismatch> mismatches) {
        Set<String> problems = new LinkedHashSet<>();
        for (OutputUnit error : result == null ? List.<OutputUnit>of() : JsonSchemas.causes(result)) {
            String place = path(error.getInstanceLocation());
            problems.add(JsonSchemas.isUnknown(error) ? place + " is unknown" : place + ": " + error.getError());
        }
        mismatches.forEach(mismatch -> problems.add(path(mismatch.place()) + ": " + mismatch.problem()));
        if (problems.isEmpty()) {
            return List.of("input does not fit the plan's inputSchema");
        }
        List<String> shown = problems.stream().limit(MAX_SHOWN).collect(Collectors.toCollection(ArrayList::new));
        if (problems.size() > MAX_SHOWN) {
            shown.add("and more");
        }
        return shown;
    }

    private static String path(String location) {
        StringBuilder path = new StringBuilder("input");
        for (String part : JsonSchemas.pointer(location)) {
            if (!part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                path.append('[').append(part).append(']');
            } else if (Names.isVariable(part)) {
                path.append('.').append(part);
            } else {
                path.append("[\"").append(part).append("\"]");
            }
        }
        return path.toString();
    }

    /** The type of the values that a schema allows; {@link Type#ANY} unless the schema states it simply. */
    private static Type typeOf(@Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> map) || !(map.get("type") instanceof String type)) {
            return Type.ANY;
        }
        return switch (type) {
            case "string" -> Type.STRING;
            case "boolean" -> Type.BOOLEAN;
            // An integer of a JSON Schema can be 1.0, or larger than 64 bits.
            case "integer", "number" -> Type.NUMBER;
            case "array" -> Type.listOf(typeOf(map.get("items")));
            case "object" -> objectType(map);
            default -> Type.ANY;
        };
    }

    private static Type objectType(Map<?, ?> schema) {
        boolean closed = Boolean.FALSE.equals(schema.get("additionalProperties"));
        if (!closed
                || schema.containsKey("patternProperties")
                || !(schema.get("properties") instanceof Map<?, ?> properties)) {
            return Type.ANY;
        }
        Map<String, Type> fields = new LinkedHashMap<>();
        properties.forEach((name, property) -> fields.put(String.valueOf(name), typeOf(property)));
        return Type.fields(fields);
    }
}
