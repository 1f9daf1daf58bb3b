package dev.muster.connect.mongo;

/** Text helpers: printable text for one line of an error, and a check for unpaired surrogates. */
final class Shown {
    private Shown() {}

    /** The beginning of a text, at most that many characters, on one line and without control characters. */
    static String text(String text, int characters) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.codePointCount(0, line.length()) <= characters
                ? line
                : line.substring(0, line.offsetByCodePoints(0, characters)) + "…";
    }

    /** Whether a text has an unpaired surrogate, which UTF-8 cannot encode. */
    static boolean hasHalfCharacter(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isSurrogate(c)) {
                boolean isPair = Character.isHighSurrogate(c)
                        && at + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(at + 1));
                if (!isPair) {
                    return true;
                }
                at++;
            }
        }
        return false;
    }
}
