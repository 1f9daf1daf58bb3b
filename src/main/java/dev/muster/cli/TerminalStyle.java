package dev.muster.cli;

import dev.muster.text.Printable;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The appearance of text for people.
 *
 * @param width the columns of the terminal
 * @param unicode whether the reader can display more than ASCII
 * @param color whether colour escape sequences are understood and wanted
 */
public record TerminalStyle(int width, boolean unicode, boolean color) {

    private static final int USUAL_WIDTH = 100;
    private static final int MIN_WIDTH = 40;
    private static final int MAX_WIDTH = 240;

    /** For a file or a pipe: no colours, 100 columns. */
    static TerminalStyle plain(boolean unicode) {
        return new TerminalStyle(USUAL_WIDTH, unicode, false);
    }

    /** For a terminal. Respects {@code NO_COLOR} and {@code TERM=dumb}; without a known width assumes 80 columns. */
    public static TerminalStyle terminal(Function<String, @Nullable String> env) {
        int columns = Tty.columns(env);
        int width = columns <= 0 ? 80 : Math.max(MIN_WIDTH, Math.min(columns, MAX_WIDTH));
        String noColor = env.apply("NO_COLOR");
        boolean color = (noColor == null || noColor.isEmpty()) && !"dumb".equals(env.apply("TERM"));
        return new TerminalStyle(width, unicode(env), color);
    }

    /** Whether the locale uses UTF-8. */
    static boolean unicode(Function<String, @Nullable String> env) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String value = env.apply(name);
            if (value != null && !value.isEmpty()) {
                return value.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8");
            }
        }
        return Charset.defaultCharset().name().equals("UTF-8")
                && System.getProperty("os.name", "").startsWith("Mac");
    }

    String green(String text) {
        return paint("32", text);
    }

    String red(String text) {
        return paint("31", text);
    }

    String yellow(String text) {
        return paint("33", text);
    }

    String dim(String text) {
        return paint("2", text);
    }

    String bold(String text) {
        return paint("1", text);
    }

    String ellipsis() {
        return unicode ? "…" : "...";
    }

    /** The text on one line, cut at its end to at most this number of columns. */
    public String fit(String text, int columns) {
        String line = printable(text);
        if (line.codePointCount(0, line.length()) <= columns) {
            return line;
        }
        int kept = Math.max(0, columns - ellipsis().length());
        return line.substring(0, line.offsetByCodePoints(0, kept))
                + ellipsis().substring(0, Math.min(columns, ellipsis().length()));
    }

    /** The text cut or padded to exactly this number of columns. */
    String pad(String text, int columns) {
        String fitting = fit(text, columns);
        return fitting + " ".repeat(Math.max(0, columns - fitting.codePointCount(0, fitting.length())));
    }

    /**
     * An external text made safe for one line of a terminal: line ends and tabs become spaces, other control characters
     * are shown as escapes.
     */
    public String printable(String text) {
        String line =
                Printable.line(text.replace("\r\n", " ").replace('\n', ' ').replace('\t', ' '));
        if (unicode || line.chars().allMatch(c -> c < 0x80)) {
            return line;
        }
        var ascii = new StringBuilder(line.length());
        line.codePoints().forEach(c -> ascii.append(c < 0x80 ? (char) c : '?'));
        return ascii.toString();
    }

    private String paint(String code, String text) {
        return color && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
