package dev.muster.text;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An escape of invisible characters (control, format, line separators, half surrogates) as {@code \\u001b}, so that text
 * cannot forge a line or send commands to a terminal. JSON text keeps its value, since strings in JSON use the same escapes.
 * Safe on any thread.
 */
public final class Printable {

    private Printable() {}

    /** A text as one line. Returns the same object if nothing is escaped. */
    public static String line(String text) {
        return lines(text, null);
    }

    /** The beginning of a text as one line, for messages: at most {@code mostChars} chars, and … if there are more. */
    public static String beginning(String text, int mostChars) {
        return line(text.length() <= mostChars ? text : Utf8.beginning(text, mostChars) + "…");
    }

    /**
     * The beginning of a foreign text as one phrase of a message, about that many characters, and … if there are more. White
     * space is collapsed; invisible and unassigned characters are dropped.
     */
    public static String phrase(String text, int characters) {
        var line = new StringBuilder();
        boolean gap = false;
        int at = 0;
        while (at < text.length() && line.length() < characters) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
                gap = line.length() > 0;
            } else if (isDrawn(point)) {
                if (gap) {
                    line.append(' ');
                    gap = false;
                }
                line.appendCodePoint(point);
            }
        }
        return at < text.length() ? line + "…" : line.toString();
    }

    private static boolean isDrawn(int point) {
        int type = Character.getType(point);
        return !isShapeless(point) && type != Character.PRIVATE_USE && type != Character.UNASSIGNED;
    }

    /**
     * A text of several lines. Line ends become {@code newline} and tabs stay; all other invisible characters are escaped.
     * If {@code newline} is null, line ends and tabs are escaped too.
     */
    public static String lines(String text, @Nullable String newline) {
        StringBuilder shown = null;
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (isPlain(character)) {
                if (shown != null) {
                    shown.append(character);
                }
                continue;
            }
            int point = text.codePointAt(at);
            if (Character.isSupplementaryCodePoint(point) && !isShapeless(point)) {
                at++;
                if (shown != null) {
                    shown.appendCodePoint(point);
                }
                continue;
            }
            if (shown == null) {
                shown = new StringBuilder(text.length() + 16).append(text, 0, at);
            }
            if (newline != null && character == '\n') {
                shown.append(newline);
            } else if (newline != null && character == '\t') {
                shown.append('\t');
            } else if (newline == null || character != '\r' || !text.startsWith("\n", at + 1)) {
                // A carriage return before a line feed is part of the line end.
                escape(shown, character);
                if (Character.isSupplementaryCodePoint(point)) {
                    at++;
                    escape(shown, text.charAt(at));
                }
            }
        }
        return shown == null ? text : shown.toString();
    }

    /** A line of UTF-8 text; one line feed at its end stays. Returns the same array if nothing is escaped. */
    public static byte[] line(byte[] utf8) {
        if (!mayHaveShapeless(utf8)) {
            return utf8;
        }
        boolean hasEnd = utf8.length > 0 && utf8[utf8.length - 1] == '\n';
        String text = new String(utf8, 0, utf8.length - (hasEnd ? 1 : 0), StandardCharsets.UTF_8);
        String shown = line(text);
        return shown.length() == text.length()
                ? utf8
                : (hasEnd ? shown + "\n" : shown).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a byte is a control character, or the first byte of a range with invisible characters. */
    private static boolean mayHaveShapeless(byte[] utf8) {
        for (int at = 0; at < utf8.length; at++) {
            byte b = utf8[at];
            if (b < 0 ? isSuspicious(b & 0xff) : b < ' ' && at < utf8.length - 1 || b == 0x7f) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSuspicious(int lead) {
        return switch (lead) {
            // The rest of Latin-1, Arabic and Syriac, Mongolian, punctuation, half surrogates, presentation forms, and
            // what is beyond the BMP.
            case 0xc2, 0xd8, 0xdb, 0xdc, 0xe0, 0xe1, 0xe2, 0xed, 0xef, 0xf0, 0xf3 -> true;
            default -> false;
        };
    }

    private static void escape(StringBuilder shown, char character) {
        String hex = Integer.toHexString(character);
        shown.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
    }

    private static boolean isPlain(char character) {
        return character >= ' ' && character < 0x7f || !isShapeless(character) && !Character.isSurrogate(character);
    }

    private static boolean isShapeless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
