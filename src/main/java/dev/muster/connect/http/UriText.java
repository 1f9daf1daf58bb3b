package dev.muster.connect.http;

import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The escaping of URIs (RFC 3986), and the detection of escaped dot segments. */
final class UriText {

    private static final String UNRESERVED_SIGNS = "-._~";
    private static final String LEGAL_SIGNS = "-._~:/?[]@!$&'()*+,;=";
    private static final String HEX = "0123456789ABCDEF";

    /** Maximum number of escape layers that are decoded: more than any known chain of servers decodes. */
    private static final int LAYERS = 4;

    private UriText() {}

    /**
     * Escapes the illegal characters of a path or query. Existing escapes stay.
     *
     * @throws IllegalArgumentException for a control character, a backslash or a {@code #}, which are always mistakes, and for
     *     an unpaired surrogate
     */
    static String escaped(String text) {
        return escaped(text, false);
    }

    /**
     * Escapes a path or query from a header, one character for each byte. Bytes beyond ASCII are escaped as they are, valid
     * UTF-8 or not.
     *
     * @throws IllegalArgumentException as {@link #escaped(String)} does
     */
    static String escapedBytes(String bytes) {
        return escaped(bytes, true);
    }

    private static String escaped(String text, boolean areBytes) {
        for (int i = 0; i < text.length(); i++) {
            if (!isLegal(text, i)) {
                return escapedFrom(text, i, areBytes);
            }
        }
        return text;
    }

    /**
     * Escapes one name or value of a query: everything but letters, digits and {@code -._~}.
     *
     * @throws IllegalArgumentException for an unpaired surrogate
     */
    static String component(String text) {
        var escaped = new StringBuilder(text.length() + 8);
        for (byte b : Utf8.encode(text)) {
            if (b > 0 && (isAlphanumeric((char) b) || UNRESERVED_SIGNS.indexOf(b) >= 0)) {
                escaped.append((char) b);
            } else {
                append(escaped, b);
            }
        }
        return escaped.toString();
    }

    /**
     * Whether a path has a dot segment ({@code .} or {@code ..}), plain, escaped ({@code %2e%2e}, {@code ..%2f},
     * {@code ..%5c}), escaped more than once ({@code %252e%252e}) or with a parameter ({@code ..;x}). A server, or one behind
     * it, could resolve such a segment to a path above. A path that is still escaped after four layers counts too.
     */
    static boolean hasDots(String path) {
        if (path.indexOf('.') < 0 && path.indexOf('%') < 0) {
            return false;
        }
        String plain = path;
        String once = decoded(plain);
        for (int layers = 1; !once.equals(plain); layers++) {
            if (layers > LAYERS) {
                return true;
            }
            plain = once;
            once = decoded(plain);
        }
        for (String segment : plain.split("[/\\\\]", -1)) {
            int parameters = segment.indexOf(';');
            String name = parameters < 0 ? segment : segment.substring(0, parameters);
            if (name.equals(".") || name.equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** Resolves the plain dot segments of a path (RFC 3986, 5.2.4). */
    static String withoutDots(String path) {
        if (!path.contains("/.")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean up = segments[i].equals("..");
            boolean dots = up || segments[i].equals(".");
            if (up && !kept.isEmpty()) {
                kept.remove(kept.size() - 1);
            }
            if (!dots) {
                kept.add(segments[i]);
            } else if (i == segments.length - 1) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String escapedFrom(String text, int start, boolean areBytes) {
        var escaped = new StringBuilder(text.length() + 16).append(text, 0, start);
        for (int i = start; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (isLegal(text, i)) {
                escaped.append((char) c);
            } else if (c < ' ' || c == 0x7F || c == '\\' || c == '#') {
                String shown = c == '\\' || c == '#' ? "a " + (char) c : "a control character";
                throw new IllegalArgumentException("holds " + shown + ", which no address may");
            } else if (areBytes && c <= 0xFF) {
                append(escaped, (byte) c);
            } else if (Character.getType(c) == Character.SURROGATE) {
                throw new IllegalArgumentException(Utf8.HALF);
            } else {
                for (byte b : Utf8.encode(Character.toString(c))) {
                    append(escaped, b);
                }
            }
            i += Character.charCount(c);
        }
        return escaped.toString();
    }

    private static boolean isLegal(String text, int at) {
        char c = text.charAt(at);
        if (c == '%') {
            return at + 2 < text.length()
                    && HexFormat.isHexDigit(text.charAt(at + 1))
                    && HexFormat.isHexDigit(text.charAt(at + 2));
        }
        return isAlphanumeric(c) || LEGAL_SIGNS.indexOf(c) >= 0;
    }

    /** Decodes one layer of escapes, bytes as Latin-1 characters, which is enough to find ASCII characters. */
    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        var plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '%' && isLegal(path, i)) {
                plain.append((char) Integer.parseInt(path.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                plain.append(path.charAt(i));
            }
        }
        return plain.toString();
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static void append(StringBuilder to, byte b) {
        to.append('%').append(HEX.charAt(b >> 4 & 0xF)).append(HEX.charAt(b & 0xF));
    }
}
