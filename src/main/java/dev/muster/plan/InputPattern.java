package dev.muster.plan;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;

/** The regular expressions of an inputSchema: RE2 syntax, and small enough to be matched on an event loop. */
final class InputPattern {

    /** Instructions of the compiled program. In the worst case, each takes one step for each character. */
    private static final int MAX_INSTRUCTIONS = 1_000;

    private static final int MAX_CHARACTERS = 1_000;
    private static final double MAX_EXPANDED = 100_000;
    private static final int MAX_REPEATED = 1_000;
    private static final java.util.regex.Pattern COUNT =
            java.util.regex.Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{1,9})?)?\\}");

    private InputPattern() {}

    /**
     * Compiles a pattern.
     *
     * @throws IllegalArgumentException if it is not an RE2 pattern, or too large
     */
    static Pattern compiled(String text) {
        if (text.length() > MAX_CHARACTERS || new Expansion(text).size() > MAX_EXPANDED) {
            throw tooLarge();
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a valid pattern (RE2): " + e.getDescription() + ": " + e.getPattern(), e);
        }
        if (pattern.programSize() > MAX_INSTRUCTIONS) {
            throw tooLarge();
        }
        return pattern;
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException(
                "the pattern is too large; at most " + MAX_CHARACTERS + " characters and, with all that it repeats"
                        + " written out, about " + MAX_INSTRUCTIONS + " are checked. Use minLength and maxLength"
                        + " for lengths");
    }

    /**
     * An upper bound of the size of the compiled program. The compiler expands repetitions before it can report the
     * size, so a pattern that could become large is rejected before it is compiled.
     */
    private static final class Expansion {
        private final String text;
        private final Matcher count;

        /** The sizes of the groups that are open, from the outermost, each up to the group inside it. */
        private final Deque<Double> outer = new ArrayDeque<>();

        /** The size of the innermost open group, without its last part, to which a repetition would apply. */
        private double group;

        private double last;

        Expansion(String text) {
            this.text = text;
            this.count = COUNT.matcher(text);
        }

        double size() {
            int at = 0;
            while (at < text.length()) {
                at = part(at);
            }
            double size = group + last;
            for (double open : outer) {
                size += open;
            }
            return size;
        }

        /** Reads one part of the pattern, and returns the index after it. */
        private int part(int at) {
            switch (text.charAt(at)) {
                case '(' -> {
                    outer.push(group + last);
                    group = 0;
                    last = 0;
                    return at + 1;
                }
                case ')' -> {
                    last += group + 2; // the two ends of a group
                    group = outer.isEmpty() ? 0 : outer.pop();
                    return at + 1;
                }
                case '*', '+', '?' -> {
                    last++;
                    return at + 1;
                }
                default -> {
                    if (count.region(at, text.length()).lookingAt()) {
                        last = (last + 1) * times();
                        return count.end();
                    }
                    int end = Math.min(text.length(), text.charAt(at) == '[' ? afterClass(at) : afterCharacter(at));
                    group += last;
                    last = end - at;
                    return end;
                }
            }
        }

        private int times() {
            String most = count.group(2) == null ? count.group(1) : count.group(2);
            return Math.max(1, Math.min(Integer.parseInt(most), MAX_REPEATED));
        }

        /** The index after a character or an escape: {@code \.}, {@code \pL}, {@code \p{Greek}}, {@code \Q…\E}. */
        private int afterCharacter(int at) {
            if (text.charAt(at) != '\\' || at + 1 == text.length()) {
                return at + 1;
            }
            char kind = text.charAt(at + 1);
            if (kind == 'Q') {
                return after("\\E", at);
            }
            boolean isBraced = (kind == 'x' || kind == 'p' || kind == 'P') && text.startsWith("{", at + 2);
            return isBraced ? after("}", at) : at + 2;
        }

        /** The index after a class such as {@code [^]a-z\]]} or {@code [[:alpha:]]}. */
        private int afterClass(int start) {
            int at = start + 1;
            at += text.startsWith("^", at) ? 1 : 0;
            at += text.startsWith("]", at) ? 1 : 0;
            while (at < text.length() && text.charAt(at) != ']') {
                at = text.startsWith("[:", at) ? after(":]", at) : afterCharacter(at);
            }
            return at + 1;
        }

        private int after(String end, int from) {
            int found = text.indexOf(end, from);
            return found < 0 ? text.length() : found + end.length();
        }
    }
}
