package dev.muster.plan;

import dev.muster.expr.Type;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The shape of an input value. */
sealed interface Shape {

    /** The type for expressions. */
    Type type();

    /** The shape as a JSON Schema. */
    Map<String, Object> schema();

    /** The expected value, for messages. */
    String describe();

    /** The shapes whose parts are not described further. */
    enum Kind implements Shape {
        STRING("string", "text", Type.STRING),
        INTEGER("integer", "a whole number of 64 bits", Type.INTEGER),
        NUMBER("number", "a number", Type.NUMBER),
        BOOLEAN("boolean", "true or false", Type.BOOLEAN),
        LIST("list", "a list", Type.listOf(Type.ANY)),
        OBJECT("object", "an object", Type.mapOf(Type.ANY)),
        ANY("any", "anything", Type.ANY);

        private final String word;
        private final String description;
        private final Type type;

        Kind(String word, String description, Type type) {
            this.word = word;
            this.description = description;
            this.type = type;
        }

        String word() {
            return word;
        }

        static Optional<Kind> of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst();
        }

        boolean fits(@Nullable Object value) {
            return switch (this) {
                case STRING -> value instanceof String;
                case INTEGER -> value instanceof Long || value instanceof Integer;
                case NUMBER -> value instanceof Number;
                case BOOLEAN -> value instanceof Boolean;
                case LIST -> value instanceof List;
                case OBJECT -> value instanceof Map;
                case ANY -> true;
            };
        }

        @Override
        public Type type() {
            return type;
        }

        @Override
        public Map<String, Object> schema() {
            return switch (this) {
                case ANY -> Map.of();
                case LIST -> Map.of("type", "array");
                default -> Map.of("type", word);
            };
        }

        @Override
        public String describe() {
            return description;
        }
    }

    /** A list whose items all have the same shape. */
    record ListOf(Shape item) implements Shape {
        @Override
        public Type type() {
            return Type.listOf(item.type());
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "array");
            schema.put("items", item.schema());
            return schema;
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * A field of an object.
     *
     * @param optional whether the field can be absent or null
     */
    record Field(Shape shape, boolean optional) {

        Type type() {
            return optional && shape != Kind.ANY ? Type.nullable(shape.type()) : shape.type();
        }

        /** The JSON Schema; an optional field also allows null. */
        Map<String, Object> schema() {
            Map<String, Object> schema = shape.schema();
            Object type = schema.get("type");
            if (!optional || type == null) {
                return schema;
            }
            Map<String, Object> nullable = new LinkedHashMap<>(schema);
            nullable.put("type", List.of(type, "null"));
            return nullable;
        }
    }

    /** An object with exactly these fields. */
    record ObjectOf(Map<String, Field> fields) implements Shape {
        public ObjectOf {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        @Override
        public Type type() {
            Map<String, Type> types = new LinkedHashMap<>();
            fields.forEach((name, field) -> types.put(name, field.type()));
            return Type.fields(types);
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> properties = new LinkedHashMap<>();
            fields.forEach((name, field) -> properties.put(name, field.schema()));
            List<String> required = fields.entrySet().stream()
                    .filter(entry -> !entry.getValue().optional())
                    .map(Map.Entry::getKey)
                    .toList();
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("properties", properties);
            if (!required.isEmpty()) {
                schema.put("required", required);
            }
            schema.put("additionalProperties", false);
            return schema;
        }

        @Override
        public String describe() {
            return "an object";
        }
    }
}
