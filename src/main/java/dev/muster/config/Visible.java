package dev.muster.config;

import org.jspecify.annotations.Nullable;

/** Shows the characters of a text that have no shape of their own: nobody forges a line or commands a terminal by them. */
public final class Visible {

    private Visible() {}

    /** A text on one line. The very same where it has nothing to be shown. */
    public static String line(String text) {
        return lines(text, null);
    }

    /** A text whose ends of line, and only those, stay: each as the text given. */
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
            if (shown == null) {
                shown = new StringBuilder(text.length() + 16).append(text, 0, at);
            }
            if (newline != null && character == '\n') {
                shown.append(newline);
            } else if (newline != null && character == '\t') {
                shown.append('\t');
            } else if (newline == null || character != '\r' || !text.startsWith("\n", at + 1)) {
                // The end of a line that two characters say is said by the second.
                String hex = Integer.toHexString(character);
                shown.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
            }
        }
        return shown == null ? text : shown.toString();
    }

    private static boolean isPlain(char character) {
        if (character >= ' ' && character < 0x7f) {
            return true;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
