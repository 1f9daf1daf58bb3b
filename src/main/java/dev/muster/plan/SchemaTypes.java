package dev.muster.plan;

import dev.muster.expr.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The expression types of the values that a JSON Schema allows, if the schema states them simply. */
final class SchemaTypes {

    private SchemaTypes() {}

    /** The type of a schema; {@link Type#ANY} if the schema leaves it open. */
    static Type of(@Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> map) || !(map.get("type") instanceof String type)) {
            return Type.ANY;
        }
        return switch (type) {
            case "string" -> Type.STRING;
            case "boolean" -> Type.BOOLEAN;
            // An integer of a JSON Schema can be 1.0, or larger than 64 bits.
            case "integer", "number" -> Type.NUMBER;
            case "array" -> Type.listOf(of(map.get("items")));
            case "object" -> object(map);
            default -> Type.ANY;
        };
    }

    private static Type object(Map<?, ?> schema) {
        boolean closed = Boolean.FALSE.equals(schema.get("additionalProperties"));
        if (!closed
                || schema.containsKey("patternProperties")
                || !(schema.get("properties") instanceof Map<?, ?> properties)) {
            return Type.ANY;
        }
        Map<String, Type> fields = new LinkedHashMap<>();
        properties.forEach((name, property) -> fields.put(String.valueOf(name), of(property)));
        return Type.fields(fields);
    }
}
