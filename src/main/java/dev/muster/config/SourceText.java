package dev.muster.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The decoder of configuration files: UTF-8 bytes to text. */
final class SourceText {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private SourceText() {}

    /**
     * The text, without a byte-order mark at its start.
     *
     * @throws ProblemsException with the position of the first unprintable character, or of the first byte that is not UTF-8
     */
    static String decode(String file, byte[] utf8) {
        CharBuffer out = CharBuffer.allocate(utf8.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8), out, true);
        out.flip();
        boolean marked = out.hasRemaining() && out.get(0) == BYTE_ORDER_MARK;
        String text = out.subSequence(marked ? 1 : 0, out.remaining()).toString();
        int wrong = firstUnprintable(text);
        if (wrong < text.length()) {
            int point = text.codePointAt(wrong);
            String hint = point == 0 ? "; the file must be text in UTF-8" : "; write it as an escape in double quotes";
            throw Yaml.problem(
                    position(file, text.substring(0, wrong)),
                    String.format("the character U+%04X is not allowed in a file%s", point, hint));
        }
        if (result.isError()) {
            throw Yaml.problem(position(file, text), "a byte that is not UTF-8; save the file as UTF-8");
        }
        return text;
    }

    private static int firstUnprintable(String text) {
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (!StreamReader.isPrintable(point)) {
                return at;
            }
            at += Character.charCount(point);
        }
        return at;
    }

    private static Position position(String file, String before) {
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        int lineStart = before.lastIndexOf('\n') + 1;
        return new Position(file, line, 1 + before.codePointCount(lineStart, before.length()));
    }
}
