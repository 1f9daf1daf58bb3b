package dev.muster.plan;

import dev.muster.config.Suggest;
import dev.muster.expr.Names;
import dev.muster.expr.Type;
import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An input that is described by the shorthand. */
record ShorthandInput(Shape.ObjectOf shape) implements InputSpec {

    private static final int SHOWN_AT_MOST = 100;

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
        if (problems.size() > SHOWN_AT_MOST) {
            List<String> shown = new ArrayList<>(problems.subList(0, SHOWN_AT_MOST));
            shown.add("and more");
            return shown;
        }
        return problems;
    }

    private static void check(Shape shape, @Nullable Object value, String path, List<String> problems) {
        if (problems.size() > SHOWN_AT_MOST) {
            return;
        }
        if (shape instanceof Shape.ObjectOf object && value instanceof Map<?, ?> map) {
            fields(object, map, path, problems);
        } else if (shape instanceof Shape.ListOf list && value instanceof List<?> items) {
            for (int i = 0; i < items.size() && problems.size() <= SHOWN_AT_MOST; i++) {
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
            if (!object.fields().containsKey(name) && problems.size() <= SHOWN_AT_MOST) {
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
