package dev.muster.connect.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Converts between Postgres array literals, {@code {1,NULL,"a b"}}, and lists. */
final class PgArray {
    private static final int NESTING = 6;

    private final String text;
    private final char delimiter;
    private final Function<String, @Nullable Object> element;
    private int at;

    private PgArray(String text, char delimiter, Function<String, @Nullable Object> element) {
        this.text = text;
        this.delimiter = delimiter;
        this.element = element;
    }

    /** Parses an array literal into a list. Lower bounds are dropped. */
    static List<@Nullable Object> parse(String text, char delimiter, Function<String, @Nullable Object> element) {
        var array = new PgArray(text, delimiter, element);
        // [0:1]={…} if the indexes do not start at 1.
        if (text.startsWith("[")) {
            array.at = text.indexOf('=') + 1;
        }
        return array.list(1);
    }

    private List<@Nullable Object> list(int depth) {
        if (depth > NESTING || at >= text.length() || text.charAt(at) != '{') {
            throw new IllegalArgumentException("this is not an array");
        }
        at++;
        List<@Nullable Object> items = new ArrayList<>();
        while (text.charAt(at) != '}') {
            if (text.charAt(at) == delimiter) {
                at++;
            }
            items.add(text.charAt(at) == '{' ? list(depth + 1) : item());
        }
        at++;
        return items;
    }

    private @Nullable Object item() {
        if (text.charAt(at) == '"') {
            return element.apply(quoted());
        }
        int from = at;
        while (text.charAt(at) != delimiter && text.charAt(at) != '}') {
            at++;
        }
        String item = text.substring(from, at);
        return item.equalsIgnoreCase("null") ? null : element.apply(item);
    }

    private String quoted() {
        var item = new StringBuilder();
        at++;
        while (text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            item.append(text.charAt(at));
            at++;
        }
        at++;
        return item.toString();
    }

    /** Formats a list as an array literal. */
    static String format(List<?> list, char delimiter, Function<Object, String> element) {
        var text = new StringBuilder();
        write(list, delimiter, element, text, 1);
        return text.toString();
    }

    private static void write(
            List<?> list, char delimiter, Function<Object, String> element, StringBuilder text, int depth) {
        if (depth > NESTING) {
            throw new IllegalArgumentException("lists are nested deeper than " + NESTING + ", the most of an array");
        }
        text.append('{');
        for (int i = 0; i < list.size(); i++) {
            Object item = list.get(i);
            if (i > 0) {
                text.append(delimiter);
            }
            if (item == null) {
                text.append("NULL");
            } else if (item instanceof List<?> inner) {
                write(inner, delimiter, element, text, depth + 1);
            } else {
                quote(element.apply(item), text);
            }
        }
        text.append('}');
    }

    private static void quote(String item, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < item.length(); i++) {
            char c = item.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
        text.append('"');
    }
}
