package dev.muster.expr;

import java.util.Collection;
import java.util.TreeSet;

/** Suggestions for misspelt names. */
final class Spelling {

    private static final int SHOWN = 8;

    private Spelling() {}

    /** The end of a message about an unknown name: the closest known name, or all known names if there are few. */
    static String hint(String misspelt, Collection<String> known) {
        String nearest = null;
        int least = Math.max(1, misspelt.length() / 3) + 1;
        for (String name : new TreeSet<>(known)) {
            int distance = distance(misspelt, name, least);
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        if (nearest != null) {
            return "; did you mean '" + nearest + "'?";
        }
        return known.isEmpty() || known.size() > SHOWN ? "" : "; there is " + String.join(", ", new TreeSet<>(known));
    }

    /**
     * The number of insertions, deletions, replacements and swaps of neighbours between two names, ignoring case. Returns
     * {@code enough} if the lengths alone differ by that much.
     */
    static int distance(String from, String to, int enough) {
        if (Math.abs(from.length() - to.length()) >= enough) {
            return enough;
        }
        int[] before = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int cost = lower(from, i - 1) == lower(to, j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1
                        && j > 1
                        && lower(from, i - 1) == lower(to, j - 2)
                        && lower(from, i - 2) == lower(to, j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            before = last;
            last = row;
        }
        return last[to.length()];
    }

    private static char lower(String text, int index) {
        return Character.toLowerCase(text.charAt(index));
    }
}
