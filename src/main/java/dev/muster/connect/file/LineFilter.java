package dev.muster.connect.file;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.muster.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Selects lines: all, those that contain a text, or those in which a pattern is found. Immutable. */
sealed interface LineFilter {
    /** The end of a line. */
    byte NEWLINE = '\n';

    /**
     * Finds the first selected line in a range of whole lines. Returns an index within that line, or -1 if there is none.
     *
     * @param from the start of a line
     * @param to the end of the last line, exclusive
     */
    int find(byte[] bytes, int from, int to);

    /**
     * Creates the filter of the word {@code match}: {@code /…/} is an RE2 pattern, anything else a text; null selects every line.
     *
     * @throws IllegalArgumentException if the text cannot match any line, or the pattern is invalid
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
                        "match is not a valid pattern (RE2): " + e.getDescription() + ": " + e.getPattern(), e);
            }
        }
        if (Utf8.hasHalf(match)) {
            throw new IllegalArgumentException("match " + Utf8.HALF);
        }
        return new Containing(Utf8.encode(match));
    }

    /** Selects every line. */
    record Every() implements LineFilter {
        @Override
        public int find(byte[] bytes, int from, int to) {
            return from < to ? from : -1;
        }
    }

    /** Selects lines in which a pattern is found. RE2 takes time linear in the line, for any pattern. */
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

    /** Replaces invalid UTF-8, because RE2 treats the bytes after an invalid one as part of it. */
    private static byte[] wellFormed(byte[] line) {
        boolean isUtf8 = Utf8.firstWrong(line, 0, line.length) < 0;
        return isUtf8 ? line : new String(line, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }

    /** Selects lines that contain a text, with Horspool's search over many lines at once. */
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
