package dev.muster.expr;

import java.util.List;

/** The functions {@code replace} and {@code join} with a limit, since they can build long texts from short ones. */
final class BoundedText {

    private BoundedText() {}

    /**
     * Replaces up to {@code times} occurrences from the left, or all if {@code times} is negative. An empty target matches
     * before each character and at the end.
     */
    static String replace(String text, String target, String replacement, long times, int maxChars) {
        StringBuilder replaced = new StringBuilder(Math.min(maxChars, text.length()));
        int from = 0;
        long left = times;
        int at = left == 0 ? -1 : text.indexOf(target);
        while (at >= 0) {
            append(replaced, text.substring(from, at), "replace", maxChars);
            append(replaced, replacement, "replace", maxChars);
            from = at + target.length();
            left--;
            at = left == 0 ? -1 : next(text, target, at);
        }
        append(replaced, text.substring(from), "replace", maxChars);
        return replaced.toString();
    }

    private static int next(String text, String target, int at) {
        if (target.isEmpty()) {
            return at < text.length() ? text.offsetByCodePoints(at, 1) : -1;
        }
        return text.indexOf(target, at + target.length());
    }

    static String join(List<?> list, String separator, int maxChars) {
        Walk.here().all(list);
        StringBuilder joined = new StringBuilder();
        int index = 0;
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw new Failure(
                        ExpressionProblem.Kind.TYPE,
                        "join takes texts: element " + index + " is " + FromCel.describe(element));
            }
            append(joined, index == 0 ? "" : separator, "join", maxChars);
            append(joined, text, "join", maxChars);
            index++;
        }
        return joined.toString();
    }

    private static void append(StringBuilder made, String part, String function, int maxChars) {
        if (made.length() + (long) part.length() > maxChars) {
            throw new Failure(
                    ExpressionProblem.Kind.LIMIT,
                    function + " makes a text of more than " + maxChars
                            + " characters, the limit of server.limits.expressionResult");
        }
        made.append(part);
    }
}
