package dev.muster.web;

import dev.muster.text.Utf8;

/** Percent-encoded text (RFC 3986), decoded once and strictly: escapes are complete, bytes are UTF-8, NUL is rejected. */
final class PercentText {

    private PercentText() {}

    /** A malformed text. The reason is a phrase that follows the name of the text. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Decodes a part of a path or query.
     *
     * @param plusIsSpace whether {@code +} is a space, as in queries
     */
    static String decode(String text, int from, int to, boolean plusIsSpace) throws MalformedException {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '%' || c == '+' && plusIsSpace || c == 0 || c >= 0x80) {
                return decodeSlowly(text, from, to, plusIsSpace);
            }
        }
        return text.substring(from, to);
    }

    private static String decodeSlowly(String text, int from, int to, boolean plusIsSpace) throws MalformedException {
        byte[] bytes = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            int c = text.charAt(i);
            if (c == '%') {
                c = escaped(text, i, to);
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                c = ' ';
            } else if (c > 0xFF) {
                // A request line is read as one character for each byte, also for raw UTF-8. A larger character cannot
                // come from it.
                throw new MalformedException("has characters that must be percent-encoded");
            }
            if (c == 0) {
                throw new MalformedException("has a NUL, which is not allowed");
            }
            bytes[length++] = (byte) c;
        }
        try {
            return Utf8.decode(bytes, length);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("is not UTF-8");
        }
    }

    private static int escaped(String text, int at, int to) throws MalformedException {
        int high = at + 2 < to ? hex(text.charAt(at + 1)) : -1;
        int low = at + 2 < to ? hex(text.charAt(at + 2)) : -1;
        if (high < 0 || low < 0) {
            throw new MalformedException("has a % without two hexadecimal digits; a percent sign is written %25");
        }
        return high << 4 | low;
    }

    /** The value of an ASCII hexadecimal digit, or -1. {@link Character#digit} would also accept other scripts. */
    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
