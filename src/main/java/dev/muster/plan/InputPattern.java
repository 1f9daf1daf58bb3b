package dev.muster.plan;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.regex.MatchResult;

/** The regular expressions of an inputSchema: RE2 syntax, and small enough to be matched on an event loop. */
final class InputPattern {

    /** Instructions of the compiled program. In the worst case, each takes one step for each character. */
    private static final int INSTRUCTIONS_AT_MOST = 1_000;

    private static final int CHARACTERS_AT_MOST = 1_000;
    private static final long GUESSED_AT_MOST = 100_000;
    private static final int REPEATED_AT_MOST = 1_000;
    private static final java.util.regex.Pattern COUNT =
            java.util.regex.Pattern.compile("(\\))?\\{([0-9]{1,9})(?:,([0-9]{1,9})?)?\\}");

    private InputPattern() {}

    /**
     * Compiles a pattern.
     *
     * @throws IllegalArgumentException if it is not an RE2 pattern, or too large
     */
    static Pattern compiled(String text) {
        if (text.length() > CHARACTERS_AT_MOST || guessedSize(text) > GUESSED_AT_MOST) {
            throw tooLarge();
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a valid pattern (RE2): " + e.getDescription() + ": " + e.getPattern(), e);
        }
        if (pattern.programSize() > INSTRUCTIONS_AT_MOST) {
            throw tooLarge();
        }
        return pattern;
    }

    /**
     * An upper bound of the size of the compiled program. The compiler expands repetitions before it can report the size, so
     * a pattern that could become large is rejected before it is compiled.
     */
    private static long guessedSize(String text) {
        double groups = 1;
        int single = 1;
        for (MatchResult count : COUNT.matcher(text).results().toList()) {
            String to = count.group(3) == null ? count.group(2) : count.group(3);
            int times = Math.max(1, Math.min(Integer.parseInt(to), REPEATED_AT_MOST));
            if (count.group(1) == null) {
                single = Math.max(single, times);
            } else {
                groups *= times;
            }
        }
        return (long) (text.length() * groups * single);
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException(
                "the pattern is too large; at most " + CHARACTERS_AT_MOST + " characters and, with all that it repeats"
                        + " written out, about " + INSTRUCTIONS_AT_MOST + " are checked. Use minLength and maxLength"
                        + " for lengths");
    }
}
