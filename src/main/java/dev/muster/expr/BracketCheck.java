package dev.muster.expr;

import dev.muster.text.Utf8;
import java.util.ArrayDeque;
import java.util.Deque;

/** A check of brackets, quotes, length and nesting. It runs before any recursive code sees the source. */
final class BracketCheck {

    /** The most frequent cause of unbalanced expressions in plans. */
    static final String YAML_HINT = "; in YAML, put quotes around an expression that holds ': ' or ' #',"
            + " in flow style also one with a comma or bracket";

    private final String source;
    private final ExpressionLimits limits;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int index;

    private BracketCheck(String source, ExpressionLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    /**
     * Checks a source.
     *
     * @throws ExpressionException if the source is unbalanced, too long or too deep
     */
    static void check(String source, ExpressionLimits limits) {
        if (Utf8.characters(source) > limits.sourceChars()) {
            throw new ExpressionException(Place.START.problem(
                    ExpressionProblem.Kind.LIMIT,
                    "the expression has " + Utf8.characters(source) + " characters; at most " + limits.sourceChars()
                            + " are allowed (server.limits.expression)"));
        }
        new BracketCheck(source, limits).scan();
    }

    private void scan() {
        while (index < source.length()) {
            char c = source.charAt(index);
            switch (c) {
                case '(', '[', '{' -> open();
                case ')', ']', '}' -> close(c);
                case '"', '\'' -> skipString(c);
                case '`' -> skipQuotedName();
                case '/' -> skipComment();
                default -> index++;
            }
        }
        if (!open.isEmpty()) {
            int at = open.pop();
            throw unbalanced(at, "'" + source.charAt(at) + "' is never closed");
        }
    }

    private void open() {
        open.push(index);
        if (open.size() > limits.nesting()) {
            throw new ExpressionException(Place.ofChar(source, index)
                    .problem(
                            ExpressionProblem.Kind.LIMIT,
                            "brackets are nested deeper than " + limits.nesting() + " levels"));
        }
        index++;
    }

    private void close(char c) {
        if (open.isEmpty()) {
            throw unbalanced(index, "'" + c + "' has no opening bracket");
        }
        int at = open.pop();
        char opened = source.charAt(at);
        if ("([{".indexOf(opened) != ")]}".indexOf(c)) {
            throw unbalanced(
                    index,
                    "'" + c + "' does not close the '" + opened + "' at column "
                            + Place.ofChar(source, at).column());
        }
        index++;
    }

    private void skipString(char quote) {
        int start = index;
        boolean raw = isRaw(start);
        String end = source.startsWith(String.valueOf(quote).repeat(3), start)
                ? String.valueOf(quote).repeat(3)
                : "" + quote;
        index += end.length();
        while (index < source.length() && !source.startsWith(end, index)) {
            if (end.length() == 1 && source.charAt(index) == '\n') {
                break;
            }
            index += source.charAt(index) == '\\' && !raw ? 2 : 1;
        }
        if (!source.startsWith(end, Math.min(index, source.length()))) {
            throw unbalanced(start, "the quote " + end + " is never closed");
        }
        index += end.length();
    }

    /** Whether one or two letters before the quote make it a raw string, in which a backslash is literal. */
    private boolean isRaw(int quote) {
        int from = quote;
        while (from > 0 && quote - from < 2 && "rRbB".indexOf(source.charAt(from - 1)) >= 0) {
            from--;
        }
        boolean prefix = from < quote && (from == 0 || !Names.isPart(source.charAt(from - 1)));
        String letters = source.substring(from, quote);
        return prefix && (letters.contains("r") || letters.contains("R"));
    }

    private void skipQuotedName() {
        int end = source.indexOf('`', index + 1);
        if (end < 0) {
            throw unbalanced(index, "the quote ` is never closed");
        }
        index = end + 1;
    }

    private void skipComment() {
        if (!source.startsWith("//", index)) {
            index++;
            return;
        }
        int end = source.indexOf('\n', index);
        index = end < 0 ? source.length() : end;
    }

    private ExpressionException unbalanced(int at, String what) {
        ExpressionProblem problem =
                Place.ofChar(source, at).problem(ExpressionProblem.Kind.SYNTAX, "unbalanced: " + what + YAML_HINT);
        return new ExpressionException(problem);
    }
}
