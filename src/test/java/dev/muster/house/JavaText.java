package dev.muster.house;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Views of a Java source: without its comments, or without its comments and literals. */
final class JavaText {
    private static final Pattern TOKEN = Pattern.compile(
            "(//[^\\n]*|/\\*.*?\\*/)"
                    + "|(\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])+')",
            Pattern.DOTALL);

    private static final int COMMENT = 1;
    private static final int LITERAL = 2;

    private JavaText() {}

    /** Returns the source with each comment replaced by a blank. */
    static String withoutComments(String java) {
        return TOKEN.matcher(java)
                .replaceAll(token -> Matcher.quoteReplacement(token.group(COMMENT) == null ? token.group() : " "));
    }

    /** Returns the source with each comment replaced by a blank and each literal emptied. */
    static String codeOnly(String java) {
        return TOKEN.matcher(java).replaceAll(token -> token.group(COMMENT) == null ? "\"\"" : " ");
    }

    /** Returns the string literals, one a line. */
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
