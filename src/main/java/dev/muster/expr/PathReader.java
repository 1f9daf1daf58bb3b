package dev.muster.expr;

import org.jspecify.annotations.Nullable;

/** The reader of the parts of a path. A null part means that the source is not a plain path. */
final class PathReader {

    private static final int MAX_INDEX_DIGITS = 9;

    private final String source;
    private final int end;
    private int index;

    PathReader(String source) {
        this.source = source;
        int last = source.length();
        while (last > 0 && isBlank(source.charAt(last - 1))) {
            last--;
        }
        end = last;
        while (index < end && isBlank(source.charAt(index))) {
            index++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }

    boolean atEnd() {
        return index == end;
    }

    @Nullable
    String name() {
        int start = index;
        while (index < end && Names.isPart(source.charAt(index))) {
            index++;
        }
        String name = source.substring(start, index);
        return Names.isVariable(name) ? name : null;
    }

    Path.@Nullable Step step() {
        int offset = index;
        char c = source.charAt(index++);
        if (c == '.') {
            String name = name();
            return name == null ? null : new Path.Step(name, 0, true, offset);
        }
        if (c != '[' || atEnd()) {
            return null;
        }
        char first = source.charAt(index);
        return first == '"' || first == '\'' ? key(first, offset) : element(offset);
    }

    private Path.@Nullable Step key(char quote, int offset) {
        int close = source.indexOf(quote, index + 1);
        if (close < 0 || close + 1 >= end || source.charAt(close + 1) != ']') {
            return null;
        }
        String key = source.substring(index + 1, close);
        index = close + 2;
        boolean plain = key.chars().noneMatch(c -> c == '\\' || c == '\n' || c == '\r');
        return plain ? new Path.Step(key, 0, false, offset) : null;
    }

    private Path.@Nullable Step element(int offset) {
        int start = index;
        while (index < end && source.charAt(index) >= '0' && source.charAt(index) <= '9') {
            index++;
        }
        int digits = index - start;
        if (digits == 0 || digits > MAX_INDEX_DIGITS || atEnd() || source.charAt(index) != ']') {
            return null;
        }
        return new Path.Step(null, Integer.parseInt(source, start, index++, 10), false, offset);
    }
}
