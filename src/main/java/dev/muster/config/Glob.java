package dev.muster.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern in which each {@code *} matches any number of characters, or none. Immutable, and safe on any thread.
 *
 * <p>The time of a match is at most proportional to the product of both lengths.
 */
public final class Glob {
    private static final String ANY = "*";

    private final String text;
    private final List<String> parts;

    private Glob(String text) {
        this.text = text;
        this.parts = Arrays.asList(text.split("\\*+", -1));
    }

    /** Parses a pattern; every text is valid. */
    public static Glob of(String text) {
        return new Glob(text);
    }

    /** Whether the pattern matches the whole name. */
    public boolean matches(String name) {
        if (!text.contains(ANY)) {
            return text.equals(name);
        }
        String first = parts.get(0);
        String last = parts.get(parts.size() - 1);
        if (name.length() < first.length() + last.length() || !name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        int at = first.length();
        int end = name.length() - last.length();
        // The earliest match of each part leaves the most room for the later parts.
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = name.indexOf(part, at);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            at = found + part.length();
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Glob glob && text.equals(glob.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The pattern as written. */
    @Override
    public String toString() {
        return text;
    }
}
