package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.config.Suggest;
import dev.muster.expr.Names;
import dev.muster.expr.Type;
import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An input that is described by the shorthand of {@code input}: a map of names and types.
 *
 * <ul>
 *   <li>{@code string integer number boolean list object any}: a value of that type; {@code list} and {@code object} hold
 *       anything
 *   <li>{@code [TYPE]}: a list of values of that type, such as {@code [string]}
 *   <li>a map: an object with exactly these fields
 *   <li>{@code ?} after a type, such as {@code string?}: the field can be absent or null. After a name it means the same,
 *       for lists and maps: {@code tags?: [string]}
 * </ul>
 */
record ShorthandInput(Shape.ObjectOf shape) implements Plan.Input {

    private static final int MAX_SHOWN = 100;

    private static final List<String> TYPES =
            Arrays.stream(Shape.Kind.values()).map(Shape.Kind::word).toList();

    /** Reads the shorthand; problems are noted. */
    static ShorthandInput read(Mapping mapping, Problems problems) {
        return new ShorthandInput(object(mapping, problems));
    }

    private static Shape.ObjectOf object(Mapping mapping, Problems problems) {
        Map<String, Shape.Field> fields = new LinkedHashMap<>();
        for (Mapping.Entry entry : mapping.entries()) {
            String written = entry.name();
            boolean marked = written.endsWith("?");
            String name = marked ? written.substring(0, written.length() - 1) : written;
            Node type = entry.value();
            boolean optional =
                    marked || type instanceof Scalar scalar && scalar.text().endsWith("?");
            if (name.isEmpty()) {
                problems.add(entry.key().at(), "a name of the input is missing");
            } else if (fields.putIfAbsent(name, new Shape.Field(shape(type, true, problems), optional)) != null) {
                problems.add(entry.key().at(), "the input \"" + name + "\" is written twice");
            }
        }
        return new Shape.ObjectOf(fields);
    }

    private static Shape shape(Node node, boolean canBeOptional, Problems problems) {
        if (node instanceof Mapping mapping) {
            return object(mapping, problems);
        }
        if (node instanceof Sequence list) {
            if (list.items().size() == 1) {
                return new Shape.ListOf(shape(list.items().get(0), false, problems));
            }
            problems.add(list.at(), "a list of the input is written with the one type of its items: [string]");
            return Shape.Kind.ANY;
        }
        return simple((Scalar) node, canBeOptional, problems);
    }

    private static Shape simple(Scalar scalar, boolean canBeOptional, Problems problems) {
        String written = scalar.text();
        boolean marked = written.endsWith("?");
        String word = marked ? written.substring(0, written.length() - 1) : written;
        if (marked && !canBeOptional) {
            problems.add(scalar.at(), "an item of a list cannot be left out; write " + word + " without ?");
        }
        Optional<Shape.Kind> kind = Shape.Kind.of(word);
        if (kind.isEmpty()) {
            String hint = Suggest.didYouMean(word, TYPES);
            problems.add(
                    scalar.at(),
                    "\"" + written + "\" is not a type of an input"
                            + (hint.isEmpty() ? "; they are " + String.join(", ", TYPES) : hint));
        }
        return kind.orElse(Shape.Kind.ANY);
    }

    @Override
    public Type type() {
        return shape.type();
    }

    @Override
    public Map<String, Object> schema() {
        return shape.schema();
    }

    @Override
    public List<String> problems(@Nullable Object input) {
        List<String> problems = new ArrayList<>();
        check(shape, input, "input", problems);
        if (problems.size() > MAX_SHOWN) {
            List<String> shown = new ArrayList<>(problems.subList(0, MAX_SHOWN));
            shown.add("and more");
            return shown;
        }
        return problems;
    }

    private static void check(Shape shape, @Nullable Object value, String path, List<String> problems) {
        if (problems.size() > MAX_SHOWN) {
            return;
        }
        if (shape instanceof Shape.ObjectOf object && value instanceof Map<?, ?> map) {
            fields(object, map, path, problems);
        } else if (shape instanceof Shape.ListOf list && value instanceof List<?> items) {
            for (int i = 0; i < items.size() && problems.size() <= MAX_SHOWN; i++) {
                check(list.item(), items.get(i), path + "[" + i + "]", problems);
            }
        } else if (!(shape instanceof Shape.Kind kind && kind.fits(value))) {
            problems.add(path + " must be " + shape.describe() + ", not " + describe(value));
        }
    }

    private static void fields(Shape.ObjectOf object, Map<?, ?> map, String path, List<String> problems) {
        object.fields().forEach((name, field) -> {
            Object value = map.get(name);
            if (value == null && !field.optional() && !map.containsKey(name)) {
                problems.add(path(path, name) + " is missing; it must be "
                        + field.shape().describe());
            } else if (value != null || !field.optional()) {
                check(field.shape(), value, path(path, name), problems);
            }
        });
        for (Object key : map.keySet()) {
            String name = String.valueOf(key);
            if (!object.fields().containsKey(name) && problems.size() <= MAX_SHOWN) {
                problems.add(path(path, name) + " is unknown"
                        + Suggest.didYouMean(name, object.fields().keySet()));
            }
        }
    }

    private static String path(String path, String name) {
        String shown = name.length() <= 60 ? name : Utf8.beginning(name, 60) + "…";
        return Names.isVariable(name) ? path + "." + shown : path + "[\"" + shown.replace("\"", "\\\"") + "\"]";
    }

    private static String describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String) {
            return "text";
        }
        if (value instanceof Number) {
            return "the number " + value;
        }
        return value instanceof Boolean ? value.toString() : value instanceof List ? "a list" : "an object";
    }
}
