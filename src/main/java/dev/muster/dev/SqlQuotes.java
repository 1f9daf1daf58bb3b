package dev.muster.dev;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the end of quotes and comments in SQL, by the rules of Postgres or MySQL. */
final class SqlQuotes {
    /** The result for a quote or comment without an end. */
    static final int UNCLOSED = -2;

    private static final Pattern DOLLAR =
            Pattern.compile("\\$([A-Za-z_\\x{80}-\\x{10ffff}][\\w\\x{80}-\\x{10ffff}]*)?\\$");

    private final String text;
    private final boolean postgres;

    SqlQuotes(String text, boolean postgres) {
        this.text = text;
        this.postgres = postgres;
    }

    /** The index after the quote or comment that begins here; {@code at} if none begins here, or {@link #UNCLOSED}. */
    int end(int at) {
        return switch (text.charAt(at)) {
            case '\'' -> quoted(at, '\'', !postgres || isEscapeString(at));
            case '"' -> quoted(at, '"', !postgres);
            case '`' -> postgres ? at : quoted(at, '`', false);
            case '-', '/', '#' -> comment(at);
            case '$' -> postgres ? dollar(at) : at;
            default -> at;
        };
    }

    /** Whether a comment begins here that the database ignores, unlike a MySQL hint. */
    boolean isComment(int at) {
        boolean isHint = text.startsWith("/*!", at) || text.startsWith("/*M!", at) || text.startsWith("/*+", at);
        return comment(at) != at && (postgres || !isHint);
    }

    private int comment(int at) {
        if (isLineComment(at)) {
            int newline = text.indexOf('\n', at);
            return newline < 0 ? text.length() : newline;
        }
        if (!text.startsWith("/*", at)) {
            return at;
        }
        int depth = 1;
        for (int next = at + 2; next < text.length() - 1; next++) {
            if (text.startsWith("*/", next)) {
                depth--;
                next++;
                if (depth == 0) {
                    return next + 1;
                }
            } else if (postgres && text.startsWith("/*", next)) {
                depth++;
                next++;
            }
        }
        return UNCLOSED;
    }

    /** Whether a line comment begins here. MySQL requires white space after two dashes, so that {@code 5--2} stays an expression. */
    private boolean isLineComment(int at) {
        if (text.charAt(at) == '#') {
            return !postgres;
        }
        return text.startsWith("--", at)
                && (postgres || at + 2 == text.length() || Character.isWhitespace(text.charAt(at + 2)));
    }

    private int quoted(int at, char quote, boolean backslash) {
        for (int next = at + 1; next < text.length(); next++) {
            char here = text.charAt(next);
            if (here == '\\' && backslash) {
                next++;
            } else if (here == quote) {
                if (next + 1 < text.length() && text.charAt(next + 1) == quote) {
                    next++;
                } else {
                    return next + 1;
                }
            }
        }
        return UNCLOSED;
    }

    /** Whether the quote belongs to {@code E'…'}, where the E is not the end of a longer word. */
    private boolean isEscapeString(int at) {
        return at > 0
                && (text.charAt(at - 1) == 'E' || text.charAt(at - 1) == 'e')
                && (at == 1 || !Character.isJavaIdentifierPart(text.charAt(at - 2)));
    }

    private int dollar(int at) {
        if (at > 0 && Character.isJavaIdentifierPart(text.charAt(at - 1))) {
            return at;
        }
        Matcher tag = DOLLAR.matcher(text).region(at, text.length());
        if (!tag.lookingAt()) {
            return at;
        }
        int close = text.indexOf(tag.group(), tag.end());
        return close < 0 ? UNCLOSED : close + tag.group().length();
    }
}
