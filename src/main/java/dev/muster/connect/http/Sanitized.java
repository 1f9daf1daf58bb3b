package dev.muster.connect.http;

/** The conversion of foreign text to one printable line of an error. */
final class Sanitized {

    private Sanitized() {}

    /**
     * The beginning of a text, about that many characters. White space is collapsed; controls and unprintable characters are
     * dropped.
     */
    static String text(String text, int characters) {
        var line = new StringBuilder();
        boolean gap = false;
        int at = 0;
        while (at < text.length() && line.length() < characters) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                gap = line.length() > 0;
            } else if (isShown(c)) {
                if (gap) {
                    line.append(' ');
                    gap = false;
                }
                line.appendCodePoint(c);
            }
        }
        return at < text.length() ? line + "…" : line.toString();
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
