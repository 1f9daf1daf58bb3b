package dev.muster.plan;

import dev.muster.plan.UriPart.Operator;
import dev.muster.plan.UriPart.Spec;
import dev.muster.text.Utf8;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A parsed URI template and its expansion (RFC 6570, section 3.2). Immutable. */
record ParsedUriTemplate(String source, Set<String> variables, List<UriPart> parts) implements UriTemplate {

    ParsedUriTemplate {
        variables = Collections.unmodifiableSet(new LinkedHashSet<>(variables));
        parts = List.copyOf(parts);
    }

    @Override
    public String expand(Function<String, @Nullable Object> values) {
        StringBuilder expanded = new StringBuilder(source.length() + 32);
        for (UriPart part : parts) {
            if (part instanceof UriPart.Text text) {
                expanded.append(text.text());
            } else {
                expand((UriPart.Expression) part, values, expanded);
            }
        }
        return expanded.toString();
    }

    private static void expand(
            UriPart.Expression expression, Function<String, @Nullable Object> values, StringBuilder to) {
        Operator operator = expression.operator();
        String before = operator.first;
        for (Spec spec : expression.specs()) {
            Object value = values.apply(spec.name());
            if (!isUndefined(value)) {
                to.append(before);
                try {
                    expand(operator, spec, value, to);
                } catch (IllegalArgumentException e) {
                    throw new MusterException(ErrorType.BAD_INPUT, "args: " + spec.name() + " " + Utf8.HALF, e);
                }
                before = operator.separator;
            }
        }
    }

    private static boolean isUndefined(@Nullable Object value) {
        return value == null
                || value instanceof List<?> list && defined(list).isEmpty()
                || value instanceof Map<?, ?> map && defined(map).isEmpty();
    }

    private static void expand(Operator operator, Spec spec, Object value, StringBuilder to) {
        if (value instanceof List<?> list) {
            list(operator, spec, defined(list), to);
        } else if (value instanceof Map<?, ?> map) {
            map(operator, spec, defined(map), to);
        } else {
            String text = text(value);
            boolean cut = spec.prefix() > 0 && text.codePointCount(0, text.length()) > spec.prefix();
            String taken = cut ? text.substring(0, text.offsetByCodePoints(0, spec.prefix())) : text;
            named(operator, spec.name(), taken.isEmpty(), to);
            UriEscape.value(taken, operator.allowReserved, to);
        }
    }

    private static void list(Operator operator, Spec spec, List<String> items, StringBuilder to) {
        if (!spec.explode()) {
            named(operator, spec.name(), false, to);
        }
        String before = "";
        for (String item : items) {
            to.append(before);
            if (spec.explode()) {
                named(operator, spec.name(), item.isEmpty(), to);
            }
            UriEscape.value(item, operator.allowReserved, to);
            before = spec.explode() ? operator.separator : ",";
        }
    }

    private static void map(Operator operator, Spec spec, Map<String, String> entries, StringBuilder to) {
        if (!spec.explode()) {
            named(operator, spec.name(), false, to);
        }
        String before = "";
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            to.append(before);
            UriEscape.value(entry.getKey(), operator.allowReserved, to);
            if (spec.explode()) {
                to.append(operator.named && entry.getValue().isEmpty() ? operator.ifEmpty : "=");
            } else {
                to.append(',');
            }
            UriEscape.value(entry.getValue(), operator.allowReserved, to);
            before = spec.explode() ? operator.separator : ",";
        }
    }

    private static void named(Operator operator, String name, boolean empty, StringBuilder to) {
        if (operator.named) {
            to.append(name).append(empty ? operator.ifEmpty : "=");
        }
    }

    private static List<String> defined(List<?> list) {
        List<String> texts = new ArrayList<>(list.size());
        list.stream().filter(item -> item != null).forEach(item -> texts.add(text(item)));
        return texts;
    }

    private static Map<String, String> defined(Map<?, ?> map) {
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                texts.put(String.valueOf(key), text(value));
            }
        });
        return texts;
    }

    /** A scalar as text; decimals without an exponent. Lists and maps inside lists and maps have no expansion. */
    private static String text(Object value) {
        if (value instanceof List<?> || value instanceof Map<?, ?>) {
            throw new MusterException(
                    ErrorType.EXPRESSION,
                    "a list or map within a list or map cannot be written in a URI; use text or numbers");
        }
        if (value instanceof Double number && number == 0) {
            // BigDecimal has no negative zero.
            return value.toString();
        }
        if (value instanceof Double || value instanceof BigDecimal) {
            return new BigDecimal(value.toString()).toPlainString();
        }
        return String.valueOf(value);
    }
}
