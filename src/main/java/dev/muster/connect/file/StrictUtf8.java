package dev.muster.connect.file;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
import java.nio.charset.StandardCharsets;

/** Converts between UTF-8 and text, and fails where information would be lost. */
final class StrictUtf8 {
    private StrictUtf8() {}

    /**
     * Decodes a part of a buffer.
     *
     * @param offset the file position of the buffer, for the position in the error
     * @param refused the error text before "is not UTF-8"
     */
    static String decode(
            FileSettings source, String shown, byte[] bytes, int start, int length, long offset, String refused) {
        int wrong = Utf8.firstWrong(bytes, start, length);
        if (wrong >= 0) {
            throw FileErrors.of(source, shown, refused + "is not UTF-8, from byte " + (offset + wrong) + " on");
        }
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    static byte[] encode(FileSettings source, String text) {
        try {
            return Utf8.encode(text);
        } catch (IllegalArgumentException e) {
            throw new MusterException(ErrorType.BAD_INPUT, source.name() + ": content " + Utf8.HALF, e);
        }
    }
}
