package dev.muster.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 encoding and decoding that rejects invalid input. The JDK's {@code getBytes} writes {@code ?} for an unpaired
 * surrogate, and its {@code new String} reads U+FFFD for invalid bytes, so that different texts become equal. Safe on any
 * thread.
 */
public final class Utf8 {
    /** The reason why {@link #encode} rejects a text, for messages: follows the name of the text. */
    public static final String HALF = "has an unpaired surrogate, which UTF-8 cannot encode";

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /**
     * The UTF-8 bytes of a text.
     *
     * @throws IllegalArgumentException with {@link #HALF} if the text holds an unpaired surrogate
     */
    public static byte[] encode(String text) {
        if (hasHalf(text)) {
            throw new IllegalArgumentException("the text " + HALF);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The text of UTF-8 bytes.
     *
     * @throws IllegalArgumentException if the bytes are not UTF-8; the message has the index of the first invalid byte
     */
    public static String decode(byte[] bytes) {
        return decode(bytes, bytes.length);
    }

    /**
     * The text of the first {@code length} bytes.
     *
     * @throws IllegalArgumentException if these bytes are not UTF-8
     */
    public static String decode(byte[] bytes, int length) {
        int wrong = firstWrong(bytes, 0, length);
        if (wrong >= 0) {
            throw new IllegalArgumentException("is not UTF-8, from byte " + wrong + " on");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Whether a text holds an unpaired surrogate, which has no UTF-8 encoding. */
    public static boolean hasHalf(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean whole =
                        Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
                if (!whole) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** The number of code points of a text: the characters that people and databases count. */
    public static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The first {@code mostChars} chars of a text, or one less if a surrogate pair would be split. */
    public static String beginning(String text, int mostChars) {
        if (text.length() <= mostChars) {
            return text;
        }
        boolean cutsPair = mostChars > 0
                && Character.isHighSurrogate(text.charAt(mostChars - 1))
                && Character.isLowSurrogate(text.charAt(mostChars));
        return text.substring(0, cutsPair ? mostChars - 1 : mostChars);
    }

    /**
     * The index of the first byte of the first sequence that is not well-formed UTF-8 (Unicode, table 3-7); -1 if all are.
     * Reads eight bytes at a time while they are ASCII.
     */
    public static int firstWrong(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (at + 8 <= end && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
                at += 8;
            } else if (bytes[at] >= 0) {
                at++;
            } else {
                int size = sequence(bytes, at, end);
                if (size == 0) {
                    return at;
                }
                at += size;
            }
        }
        return -1;
    }

    /** The length of the multi-byte sequence at this index; 0 if it is not well formed. */
    private static int sequence(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || at + size > end) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
