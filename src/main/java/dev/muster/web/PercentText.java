package dev.muster.web;

import dev.muster.json.Utf8;

/** Percent-encoded text (RFC 3986), decoded exactly once and strictly: escapes are whole, bytes are UTF-8, none is NUL. */
final class PercentText {

    private PercentText() {}

    /** Says that a text is not one of ours, in words that follow its name. */
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
     * The text that a part of a path or query says.
     *
     * @param plusIsSpace as in queries; in a path a plus is a plus
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
                // A request line is bytes; whoever sends UTF-8 as it is arrives with a character for each of them.
                throw new MalformedException("has characters that must be percent-encoded");
            }
            if (c == 0) {
                throw new MalformedException("has a NUL, which no value may have");
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

    /** Of ASCII only, unlike {@link Character#digit}. */
    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
