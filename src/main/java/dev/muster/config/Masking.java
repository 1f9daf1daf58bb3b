package dev.muster.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A search for a set of texts that replaces each occurrence by {@code ***}, in one pass for all texts. Immutable, and safe
 * on any thread.
 *
 * <p>A bit table holds the hashes of the first 4 characters of each text, so that most positions are skipped by one look-up.
 * Overlapping occurrences become one mask, so that no part of a text stays visible.
 */
final class Masking {
    /** The mask of a secret. */
    static final String MASK = "***";

    private static final int START = 4;
    private static final int BITS = 12;

    private final long[] mayBegin = new long[(1 << BITS) / Long.SIZE];
    private final Map<Integer, List<String>> byStart = new HashMap<>();

    /** A search for texts of at least 4 characters. */
    Masking(Set<String> hidden) {
        for (String text : hidden) {
            int start = start(text, 0);
            mayBegin[index(start) / Long.SIZE] |= 1L << index(start);
            byStart.computeIfAbsent(start, unseen -> new ArrayList<>()).add(text);
        }
    }

    /** The text with all occurrences masked; the same object if there are none. */
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
                    masked.append(text, shown, at).append(MASK);
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
