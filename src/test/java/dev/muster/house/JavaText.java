package dev.muster.house;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Java source seen without its comments, or without its comments and literals. */
final class JavaText {
    private static final Pattern TOKEN = Pattern.compile(
            "(//[^\\n]*|/\\*.*?\\*/)"
                    + "|(\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])+')",
            Pattern.DOTALL);

    private static final int COMMENT = 1;
    private static final int LITERAL = 2;

    private JavaText() {}

    /** The source with its comments blanked. */
    static String withoutComments(String java) {
        return TOKEN.matcher(java)
                .replaceAll(token -> Matcher.quoteReplacement(token.group(COMMENT) == null ? token.group() : " "));
    }

    /** The source with its comments blanked and its literals empty. */
    static String codeOnly(String java) {
        return TOKEN.matcher(java).replaceAll(token -> token.group(COMMENT) == null ? "\"\"" : " ");
    }

    /** The text of its string literals, one a line. */
    static String literals(String java) {
        StringBuilder literals = new StringBuilder();
        TOKEN.matcher(java)
                .results()
                .filter(token -> token.group(LITERAL) != null)
                .forEach(token -> literals.append(
                                token.group().replace("\\n", " ").replaceAll("\\s+", " "))
                        .append('\n'));
        return literals.toString();
    }
}
