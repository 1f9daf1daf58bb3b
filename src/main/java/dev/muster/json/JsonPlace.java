package dev.muster.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import java.nio.charset.StandardCharsets;

/** The conversion of an offset in a text to a line and a column. Done only if there is an error to report. */
abstract class JsonPlace {
    private final int firstLine;

    private JsonPlace(int firstLine) {
        this.firstLine = firstLine;
    }

    static JsonPlace of(String text) {
        return new JsonPlace(1) {
            @Override
            long offset(JsonLocation location) {
                return location.getCharOffset();
            }

            @Override
            int length() {
                return text.length();
            }

            @Override
            String before(int offset) {
                return text.substring(0, offset);
            }
        };
    }

    static JsonPlace of(byte[] utf8, int start, int length, int firstLine) {
        return new JsonPlace(firstLine) {
            @Override
            long offset(JsonLocation location) {
                return location.getByteOffset();
            }

            @Override
            int length() {
                return length;
            }

            @Override
            String before(int offset) {
                return new String(utf8, start, offset, StandardCharsets.UTF_8);
            }
        };
    }

    /** The line in the larger text for a line of this text, both from 1. */
    final int line(int ofText) {
        return firstLine - 1 + ofText;
    }

    abstract long offset(JsonLocation location);

    abstract int length();

    abstract String before(int offset);

    final int tokenStart(JsonParser parser) {
        return bounded(offset(parser.currentTokenLocation()));
    }

    final int bounded(long offset) {
        return (int) Math.max(0, Math.min(length(), offset));
    }

    final JsonException error(int offset, String reason) {
        return error(before(offset), reason);
    }

    /** An error at the last occurrence of a word before {@code offset}, since tokenizers report the offset after the word. */
    final JsonException errorAtLast(String word, int offset, String reason) {
        String before = before(offset);
        int start = before.lastIndexOf(word);
        return error(start < 0 ? before : before.substring(0, start), reason);
    }

    private JsonException error(String before, String reason) {
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = firstLine + (int) before.chars().filter(c -> c == '\n').count();
        return new JsonException(line, 1 + before.codePointCount(lineStart, before.length()), reason);
    }
}
