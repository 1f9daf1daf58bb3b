package dev.muster.plan;

import dev.muster.text.Utf8;
import java.util.HexFormat;

/** Percent-encoding by code point (RFC 3986). */
final class UriEscape {

    private static final String UNRESERVED = "-._~";
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private UriEscape() {}

    /** Appends a character of the template's literal text. Reserved and unreserved characters are not escaped. */
    static void literal(int c, StringBuilder to) {
        if (isUnreserved(c) || RESERVED.indexOf(c) >= 0) {
            to.appendCodePoint(c);
        } else {
            escaped(c, to);
        }
    }

    /**
     * Appends a value. If reserved characters are allowed, existing escapes are kept too.
     *
     * @throws IllegalArgumentException if the value holds an unpaired surrogate
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
                && HexFormat.isHexDigit(value.charAt(at + 1))
                && HexFormat.isHexDigit(value.charAt(at + 2));
    }
}
