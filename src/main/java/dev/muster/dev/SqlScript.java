package dev.muster.dev;

import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits an SQL file into statements as the databases' own command lines do. A semicolon inside quotes, comments, parentheses,
 * dollar quotes or function bodies does not end a statement. {@code DELIMITER} works for MySQL.
 */
final class SqlScript {
    private static final String DELIMITER = "delimiter";

    private final String file;
    private final String text;
    private final SqlQuotes quotes;
    private final List<Statement> statements = new ArrayList<>();

    private String delimiter = ";";
    private int start = -1;
    private int parentheses;
    private int blocks;
    private String lastWord = "";

    private SqlScript(String file, String text, SqlQuotes quotes) {
        this.file = file;
        this.text = text;
        this.quotes = quotes;
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
        var script = new SqlScript(file, text, new SqlQuotes(text, postgres));
        script.split(postgres);
        return List.copyOf(script.statements);
    }

    /** The position of an index in a script, as line and column. */
    static Position position(String file, String text, int index) {
        int before = Math.min(index, text.length());
        int lineStart = text.lastIndexOf('\n', before - 1) + 1;
        long line =
                text.substring(0, lineStart).chars().filter(it -> it == '\n').count() + 1;
        return new Position(file, (int) line, text.codePointCount(lineStart, before) + 1);
    }

    private void split(boolean postgres) {
        int at = 0;
        while (at < text.length()) {
            if (!postgres && start < 0 && isDelimiterLine(at)) {
                at = takeDelimiter(at);
            } else if (text.startsWith(delimiter, at) && parentheses == 0 && blocks == 0) {
                end(at);
                at += delimiter.length();
            } else {
                at = step(at, postgres);
            }
        }
        end(text.length());
    }

    /** Skips a unit that cannot contain a delimiter: a quote, a comment, a word or a single character. */
    private int step(int at, boolean postgres) {
        int after = quotes.end(at);
        if (after == SqlQuotes.UNCLOSED) {
            throw new ProblemsException(List.of(new Problem(
                    position(file, text, at), "a quote or comment is not closed: " + text.substring(at, at + 1))));
        }
        if (after > at) {
            if (!quotes.isComment(at)) {
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
            return word(at, postgres);
        }
        if (postgres) {
            parentheses = Math.max(0, parentheses + (here == '(' ? 1 : here == ')' ? -1 : 0));
        }
        lastWord = "";
        return at + 1;
    }

    private int word(int at, boolean postgres) {
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
        String said = text.substring(at + DELIMITER.length(), after).strip();
        if (said.isEmpty()) {
            throw new ProblemsException(
                    List.of(new Problem(position(file, text, at), "DELIMITER needs the new end of statements")));
        }
        delimiter = said;
        return after;
    }
}
