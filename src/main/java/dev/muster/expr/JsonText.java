package dev.muster.expr;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON text of plain values, for {@code json(x)}. Limited in length and depth. */
final class JsonText {

    private static final int MAX_DEPTH = 256;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder();
    private final int maxChars;
    private final Walk walk = Walk.here();

    private JsonText(int maxChars) {
        this.maxChars = maxChars;
    }

    static String of(@Nullable Object value, int maxChars) {
        JsonText json = new JsonText(maxChars);
        json.write(value, 0);
        return json.text.toString();
    }

    private void write(@Nullable Object value, int depth) {
        walk.visit();
        if (depth > MAX_DEPTH) {
            throw new Failure(ExpressionProblem.Kind.LIMIT, "json: the value is nested deeper than " + MAX_DEPTH);
        }
        if (value instanceof String string) {
            quote(string);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, depth);
        } else if (value instanceof List<?> list) {
            writeList(list, depth);
        } else {
            writeScalar(value);
        }
        requireRoom();
    }

    private void writeScalar(@Nullable Object value) {
        boolean open = value instanceof Double binary && !Double.isFinite(binary)
                || value instanceof Float single && !Float.isFinite(single);
        if (open || !(value == null || value instanceof Number || value instanceof Boolean)) {
            throw new Failure(
                    ExpressionProblem.Kind.BAD_VALUE,
                    "json: " + (open ? value : FromCel.describe(value)) + " has no form in JSON");
        }
        text.append(value);
    }

    private void writeMap(Map<?, ?> map, int depth) {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(separator);
            quote((String) entry.getKey());
            text.append(':');
            write(entry.getValue(), depth + 1);
            separator = ",";
        }
        text.append('}');
    }

    private void writeList(List<?> list, int depth) {
        text.append('[');
        String separator = "";
        for (Object element : list) {
            text.append(separator);
            write(element, depth + 1);
            separator = ",";
        }
        text.append(']');
    }

    private void quote(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> appendPlain(string, i, c);
            }
        }
        text.append('"');
        requireRoom();
    }

    /** Control characters and unpaired surrogates, which have no UTF-8 encoding, are escaped. */
    private void appendPlain(String string, int index, char c) {
        if (c >= ' ' && (!Character.isSurrogate(c) || isPaired(string, index, c))) {
            text.append(c);
        } else {
            text.append("\\u")
                    .append(HEX[c >> 12])
                    .append(HEX[c >> 8 & 15])
                    .append(HEX[c >> 4 & 15])
                    .append(HEX[c & 15]);
        }
    }

    private static boolean isPaired(String string, int index, char c) {
        return Character.isHighSurrogate(c)
                ? index + 1 < string.length() && Character.isLowSurrogate(string.charAt(index + 1))
                : index > 0 && Character.isHighSurrogate(string.charAt(index - 1));
    }

    private void requireRoom() {
        if (text.length() > maxChars) {
            throw new Failure(
                    ExpressionProblem.Kind.LIMIT,
                    "json: the text is longer than " + maxChars
                            + " characters, the limit of server.limits.expressionResult");
        }
    }
}
