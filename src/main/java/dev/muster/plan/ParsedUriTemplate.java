package dev.muster.plan;

import dev.muster.plan.ParsedUriTemplate.Part.Operator;
import dev.muster.plan.ParsedUriTemplate.Part.Spec;
import dev.muster.text.Utf8;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A parsed URI template and its expansion (RFC 6570, section 3.2). Immutable. */
record ParsedUriTemplate(String source, Set<String> variables, List<Part> parts) implements UriTemplate {

    private static final String UNRESERVED = "-._~";
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /** A part of the template. */
    sealed interface Part {
        /** Literal text, already escaped. */
        record Text(String text) implements Part {}

        /** The variables of one pair of braces. */
        record Expression(Operator operator, List<Spec> specs) implements Part {}

        /**
         * A variable in braces.
         *
         * @param explode whether {@code *} follows the name
         * @param prefix the number of characters that are used; 0 for all
         */
        record Spec(String name, boolean explode, int prefix) {}

        /** The operators, with the columns of the table in RFC 6570, appendix A. */
        enum Operator {
            SIMPLE(' ', "", ",", false, "", false),
            RESERVED('+', "", ",", false, "", true),
            FRAGMENT('#', "#", ",", false, "", true),
            LABEL('.', ".", ".", false, "", false),
            PATH('/', "/", "/", false, "", false),
            PARAMETER(';', ";", ";", true, "", false),
            QUERY('?', "?", "&", true, "=", false),
            CONTINUATION('&', "&", "&", true, "=", false);

            final char sign;
            final String first;
            final String separator;
            final boolean named;
            final String ifEmpty;
            final boolean allowReserved;

            Operator(char sign, String first, String separator, boolean named, String ifEmpty, boolean allowReserved) {
                this.sign = sign;
                this.first = first;
                this.separator = separator;
                this.named = named;
                this.ifEmpty = ifEmpty;
                this.allowReserved = allowReserved;
            }

            static Operator of(char sign) {
                return Arrays.stream(values())
                        .filter(operator -> operator != SIMPLE && operator.sign == sign)
                        .findFirst()
                        .orElse(SIMPLE);
            }
        }
    }

    ParsedUriTemplate {
        variables = Collections.unmodifiableSet(new LinkedHashSet<>(variables));
        parts = List.copyOf(parts);
    }

    @Override
    public String expand(Function<String, @Nullable Object> values) {
        StringBuilder expanded = new StringBuilder(source.length() + 32);
        for (Part part : parts) {
            if (part instanceof Part.Text text) {
                expanded.append(text.text());
            } else {
                expand((Part.Expression) part, values, expanded);
            }
        }
        return expanded.toString();
    }

    private static void expand(
            Part.Expression expression, Function<String, @Nullable Object> values, StringBuilder to) {
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
            appendValue(taken, operator.allowReserved, to);
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
            appendValue(item, operator.allowReserved, to);
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
            appendValue(entry.getKey(), operator.allowReserved, to);
            if (spec.explode()) {
                to.append(operator.named && entry.getValue().isEmpty() ? operator.ifEmpty : "=");
            } else {
                to.append(',');
            }
            appendValue(entry.getValue(), operator.allowReserved, to);
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

    /** Appends a character of the template's literal text. Reserved and unreserved characters are not escaped. */
    static void appendLiteral(int c, StringBuilder to) {
        if (isUnreserved(c) || RESERVED.indexOf(c) >= 0) {
            to.appendCodePoint(c);
        } else {
            appendEscaped(c, to);
        }
    }

    /**
     * Appends a value. If reserved characters are allowed, existing escapes are kept too.
     *
     * @throws IllegalArgumentException if the value holds an unpaired surrogate
     */
    private static void appendValue(String value, boolean allowReserved, StringBuilder to) {
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            if (isUnreserved(c) || allowReserved && (RESERVED.indexOf(c) >= 0 || c == '%' && isTriplet(value, i))) {
                to.appendCodePoint(c);
            } else {
                appendEscaped(c, to);
            }
            i += Character.charCount(c);
        }
    }

    private static void appendEscaped(int c, StringBuilder to) {
        for (byte b : Utf8.encode(Character.toString(c))) {
            to.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
        }
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || UNRESERVED.indexOf(c) >= 0;
    }

    static boolean isTriplet(String value, int at) {
        return at + 2 < value.length()
                && HexFormat.isHexDigit(value.charAt(at + 1))
                && HexFormat.isHexDigit(value.charAt(at + 2));
    }
}
