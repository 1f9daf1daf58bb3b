package dev.muster.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds some texts in others and puts {@code ***} there, in one pass however many they are. Immutable.
 *
 * <p>At each character a bit says whether one of the texts may begin there, by the characters that all of them have: 4.
 * Where they overlap, all that is covered is one mask, so that one does not leave the rest of another in sight.
 */
final class Masking {
    private static final int START = 4;
    private static final int BITS = 12;

    private final long[] mayBegin = new long[(1 << BITS) / Long.SIZE];
    private final Map<Integer, List<String>> byStart = new HashMap<>();

    /** Of texts of at least 4 characters. */
    Masking(Set<String> hidden) {
        for (String text : hidden) {
            int start = start(text, 0);
            mayBegin[index(start) / Long.SIZE] |= 1L << index(start);
            byStart.computeIfAbsent(start, unseen -> new ArrayList<>()).add(text);
        }
    }

    /** A text without them; the very same where it holds none. */
    String mask(String text) {
        StringBuilder masked = null;
        int shown = 0;
        int hiddenTo = 0;
        for (int at = 0; at + START <= text.length(); at++) {
            int start = start(text, at);
            if ((mayBegin[index(start) / Long.SIZE] & 1L << index(start)) == 0) {
                continue;
            }
            int end = longestEnd(text, at, byStart.getOrDefault(start, List.of()));
            if (end > hiddenTo) {
                masked = masked == null ? new StringBuilder(text.length()) : masked;
                if (at >= hiddenTo) {
                    masked.append(text, shown, at).append(SecretText.MASK);
                }
                shown = end;
                hiddenTo = end;
            }
        }
        return masked == null ? text : masked.append(text, shown, text.length()).toString();
    }

    private static int longestEnd(String text, int at, Collection<String> candidates) {
        int end = -1;
        for (String candidate : candidates) {
            if (at + candidate.length() > end && text.startsWith(candidate, at)) {
                end = at + candidate.length();
            }
        }
        return end;
    }

    private static int start(String text, int at) {
        int start = 0;
        for (int i = at; i < at + START; i++) {
            start = 31 * start + text.charAt(i);
        }
        return start;
    }

    private static int index(int start) {
        return start * 0x9E3779B9 >>> Integer.SIZE - BITS;
    }
}
