package dev.muster.plan;

import dev.muster.json.Utf8;

/** Percent-encoding of RFC 3986, by code point. */
final class UriEscape {

    private static final String UNRESERVED = "-._~";
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private UriEscape() {}

    /** A character of the template's own text: what a URI may hold stays. */
    static void literal(int c, StringBuilder to) {
        if (isUnreserved(c) || RESERVED.indexOf(c) >= 0) {
            to.appendCodePoint(c);
        } else {
            escaped(c, to);
        }
    }

    /**
     * A value; where reserved characters are allowed, escapes that are there already stay too.
     *
     * @throws IllegalArgumentException for half a character
     */
    static void value(String value, boolean allowReserved, StringBuilder to) {
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            if (isUnreserved(c) || allowReserved && (RESERVED.indexOf(c) >= 0 || c == '%' && isTriplet(value, i))) {
                to.appendCodePoint(c);
            } else {
                escaped(c, to);
            }
            i += Character.charCount(c);
        }
    }

    private static void escaped(int c, StringBuilder to) {
        for (byte b : Utf8.encode(Character.toString(c))) {
            to.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
        }
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || UNRESERVED.indexOf(c) >= 0;
    }

    private static boolean isTriplet(String value, int at) {
        return at + 2 < value.length()
                && Character.digit(value.charAt(at + 1), 16) >= 0
                && Character.digit(value.charAt(at + 2), 16) >= 0;
    }
}
