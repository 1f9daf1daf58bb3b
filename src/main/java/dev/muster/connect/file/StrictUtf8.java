package dev.muster.connect.file;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** UTF-8 to text and back, where anything that would be lost is an error. */
final class StrictUtf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private StrictUtf8() {}

    /**
     * The text that a part of a buffer says.
     *
     * @param offset where the buffer stands in the file, for the position in the error
     */
    static String decode(FileSettings source, String shown, byte[] bytes, int start, int length, long offset) {
        var text = new String(bytes, start, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            int wrong = firstWrong(bytes, start, length);
            if (wrong >= 0) {
                throw FileErrors.of(source, shown, "is not UTF-8, from byte " + (offset + wrong) + " on");
            }
        }
        return text;
    }

    static byte[] encode(FileSettings source, String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            var exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, source.name() + ": content holds half a character, which UTF-8 cannot say", e);
        }
    }

    private static int firstWrong(byte[] bytes, int start, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, start, length);
        return decoder.decode(in, CharBuffer.allocate(length), true).isError() ? in.position() : -1;
    }
}
