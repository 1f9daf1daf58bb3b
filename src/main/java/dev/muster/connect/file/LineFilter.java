package dev.muster.connect.file;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.muster.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which lines are wanted: all, those that contain some text, or those in which a pattern is found. Immutable. */
sealed interface LineFilter {
    /** The end of a line. */
    byte NEWLINE = '\n';

    /**
     * An index within the first wanted line of a piece of whole lines, or -1 where none of them is wanted.
     *
     * @param from the start of a line
     * @param to the end of the last one
     */
    int find(byte[] bytes, int from, int to);

    /**
     * By the word {@code match}: {@code /…/} is a pattern of RE2, anything else is text; null is every line.
     *
     * @throws IllegalArgumentException if it can match no line, or is no pattern
     */
    static LineFilter of(@Nullable String match) {
        if (match == null) {
            return new Every();
        }
        if (match.isEmpty() || match.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("match must be text within one line, and not empty");
        }
        if (match.length() > 2 && match.startsWith("/") && match.endsWith("/")) {
            try {
                return new Found(Pattern.compile(match.substring(1, match.length() - 1)));
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "match is no pattern of RE2: " + e.getDescription() + ": " + e.getPattern(), e);
            }
        }
        if (Utf8.hasHalf(match)) {
            throw new IllegalArgumentException("match " + Utf8.HALF);
        }
        return new Containing(Utf8.encode(match));
    }

    /** Every line. */
    record Every() implements LineFilter {
        @Override
        public int find(byte[] bytes, int from, int to) {
            return from < to ? from : -1;
        }
    }

    /** Lines in which a pattern is found; RE2 takes time in proportion to the line, whatever the pattern. */
    record Found(Pattern pattern) implements LineFilter {
        @Override
        public int find(byte[] bytes, int from, int to) {
            for (int at = from; at < to; ) {
                int end = LineReader.endOfLine(bytes, at, to);
                byte[] line = Arrays.copyOfRange(bytes, at, LineReader.withoutReturn(bytes, at, end));
                if (pattern.matcher(wellFormed(line)).find()) {
                    return at;
                }
                at = end + 1;
            }
            return -1;
        }
    }

    /** RE2 reads what follows a byte that is not UTF-8 as a part of it. */
    private static byte[] wellFormed(byte[] line) {
        boolean isUtf8 = Utf8.firstWrong(line, 0, line.length) < 0;
        return isUtf8 ? line : new String(line, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }

    /** Lines that contain some bytes, by the algorithm of Horspool over many lines at once. */
    final class Containing implements LineFilter {
        private final byte[] text;
        private final int[] shift = new int[256];

        Containing(byte[] text) {
            this.text = text;
            Arrays.fill(shift, text.length);
            for (int i = 0; i < text.length - 1; i++) {
                shift[text[i] & 0xFF] = text.length - 1 - i;
            }
        }

        @Override
        public int find(byte[] bytes, int from, int to) {
            int last = text.length - 1;
            byte lastByte = text[last];
            for (int at = from + last; at < to; at += shift[bytes[at] & 0xFF]) {
                if (bytes[at] == lastByte && isAt(bytes, at - last)) {
                    return at - last;
                }
            }
            return -1;
        }

        private boolean isAt(byte[] bytes, int at) {
            return Arrays.equals(bytes, at, at + text.length, text, 0, text.length);
        }
    }
}
