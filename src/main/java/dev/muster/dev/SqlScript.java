package dev.muster.dev;

import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits an SQL file into statements as the databases' own command lines do. A semicolon inside quotes, comments, parentheses,
 * dollar quotes or function bodies does not end a statement. {@code DELIMITER} works for MySQL.
 */
final class SqlScript {
    private static final String DELIMITER = "delimiter";

    /** The end of a quote or comment that is not closed. */
    private static final int UNCLOSED = -2;

    private static final Pattern DOLLAR =
            Pattern.compile("\\$([A-Za-z_\\x{80}-\\x{10ffff}][\\w\\x{80}-\\x{10ffff}]*)?\\$");

    private final String file;
    private final String text;
    private final boolean postgres;
    private final List<Statement> statements = new ArrayList<>();

    private String delimiter = ";";
    private int start = -1;
    private int parentheses;
    private int blocks;
    private String lastWord = "";

    private SqlScript(String file, String text, boolean postgres) {
        this.file = file;
        this.text = text;
        this.postgres = postgres;
    }

    /**
     * A statement without its delimiter.
     *
     * @param sql the text
     * @param from the index at which it starts in the script
     */
    record Statement(String sql, int from) {}

    /**
     * The statements of a script.
     *
     * @throws ProblemsException if a quote or a comment is not closed
     */
    static List<Statement> split(String file, String text, boolean postgres) throws ProblemsException {
        var script = new SqlScript(file, text, postgres);
        script.split();
        return List.copyOf(script.statements);
    }

    /** The position of an index in a script, as line and column. */
    static Position position(String file, String text, int index) {
        int before = Math.min(index, text.length());
        int lineStart = text.lastIndexOf('\n', before - 1) + 1;
        long line = text.substring(0, lineStart)
                        .chars()
                        .filter(here -> here == '\n')
                        .count()
                + 1;
        return new Position(file, (int) line, text.codePointCount(lineStart, before) + 1);
    }

    private void split() {
        int at = 0;
        while (at < text.length()) {
            if (!postgres && start < 0 && isDelimiterLine(at)) {
                at = takeDelimiter(at);
            } else if (text.startsWith(delimiter, at) && parentheses == 0 && blocks == 0) {
                end(at);
                at += delimiter.length();
            } else {
                at = step(at);
            }
        }
        end(text.length());
    }

    /** Skips a unit that cannot contain a delimiter: a quote, a comment, a word or a single character. */
    private int step(int at) {
        int after = quoteEnd(at);
        if (after == UNCLOSED) {
            throw new ProblemsException(List.of(new Problem(
                    position(file, text, at), "a quote or comment is not closed: " + text.substring(at, at + 1))));
        }
        if (after > at) {
            if (!isComment(at)) {
                begin(at);
            }
            return after;
        }
        char here = text.charAt(at);
        if (Character.isWhitespace(here)) {
            return at + 1;
        }
        begin(at);
        if (Character.isJavaIdentifierStart(here)) {
            return word(at);
        }
        if (postgres) {
            parentheses = Math.max(0, parentheses + (here == '(' ? 1 : here == ')' ? -1 : 0));
        }
        lastWord = "";
        return at + 1;
    }

    private int word(int at) {
        int after = at + 1;
        while (after < text.length() && Character.isJavaIdentifierPart(text.charAt(after))) {
            after++;
        }
        String word = text.substring(at, after).toLowerCase(Locale.ROOT);
        if (postgres) {
            countBlocks(word);
        }
        lastWord = word;
        return after;
    }

    /** Counts the nesting of a function body that is not a string: {@code begin atomic … end}, with {@code case … end} inside. */
    private void countBlocks(String word) {
        if (blocks == 0) {
            blocks = word.equals("atomic") && lastWord.equals("begin") ? 1 : 0;
        } else if (word.equals("case")) {
            blocks++;
        } else if (word.equals("end")) {
            blocks--;
        }
    }

    private void begin(int at) {
        start = start < 0 ? at : start;
    }

    private void end(int at) {
        if (start >= 0) {
            statements.add(new Statement(text.substring(start, at).stripTrailing(), start));
        }
        start = -1;
        parentheses = 0;
        blocks = 0;
        lastWord = "";
    }

    private boolean isDelimiterLine(int at) {
        return text.regionMatches(true, at, DELIMITER, 0, DELIMITER.length())
                && at + DELIMITER.length() < text.length()
                && " \t".indexOf(text.charAt(at + DELIMITER.length())) >= 0
                && (at == 0 || text.charAt(at - 1) == '\n');
    }

    private int takeDelimiter(int at) {
        int newline = text.indexOf('\n', at);
        int after = newline < 0 ? text.length() : newline;
        String end = text.substring(at + DELIMITER.length(), after).strip();
        if (end.isEmpty()) {
            throw new ProblemsException(
                    List.of(new Problem(position(file, text, at), "DELIMITER needs the new end of statements")));
        }
        delimiter = end;
        return after;
    }

    // ---- quotes and comments, by the rules of Postgres or MySQL

    /** The index after the quote or comment that begins here; {@code at} if none begins here, or {@link #UNCLOSED}. */
    private int quoteEnd(int at) {
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
    private boolean isComment(int at) {
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
