package dev.muster.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Suggestions for misspelt words. */
public final class Suggest {
    private static final int LONGEST_WORD = 64;

    private Suggest() {}

    /**
     * The known word that is closest to this one, ignoring case; empty if none is close. Close means at most one edit (a
     * letter inserted, deleted or replaced, or two swapped) for a word of up to 4 letters, two for up to 8 letters,
     * otherwise three. A word of more than 64 letters has no suggestion.
     */
    public static Optional<String> closest(String word, Collection<String> known) {
        if (word.isEmpty() || word.length() > LONGEST_WORD) {
            return Optional.empty();
        }
        int allowed = word.length() <= 4 ? 1 : word.length() <= 8 ? 2 : 3;
        int least = allowed + 1;
        String best = null;
        for (String candidate : known) {
            if (Math.abs(candidate.length() - word.length()) < least) {
                int slips = slips(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
                if (slips < least && slips < Math.max(word.length(), candidate.length())) {
                    least = slips;
                    best = candidate;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** The suggestion as a suffix of a message: {@code ' (did you mean "postgres"?)'}, or an empty text. */
    public static String didYouMean(String word, Collection<String> known) {
        return closest(word, known)
                .map(meant -> " (did you mean \"" + meant + "\"?)")
                .orElse("");
    }

    /** The restricted Damerau-Levenshtein distance (optimal string alignment). */
    private static int slips(String word, String other) {
        int[] twoAgo = new int[other.length() + 1];
        int[] last = new int[other.length() + 1];
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= word.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                boolean same = word.charAt(i - 1) == other.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1
                        && j > 1
                        && word.charAt(i - 1) == other.charAt(j - 2)
                        && word.charAt(i - 2) == other.charAt(j - 1)) {
                    row[j] = Math.min(row[j], twoAgo[j - 2] + 1);
                }
            }
            int[] spare = twoAgo;
            twoAgo = last;
            last = row;
            row = spare;
        }
        return last[other.length()];
    }
}
