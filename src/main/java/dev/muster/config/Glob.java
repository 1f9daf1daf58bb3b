package dev.muster.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text in which each {@code *} stands for any characters, or none. Immutable; any thread.
 *
 * <p>Matching takes time in proportion to both lengths at most, whatever is matched.
 */
public final class Glob {
    private static final String ANY = "*";

    private final String text;
    private final List<String> parts;

    private Glob(String text) {
        this.text = text;
        this.parts = Arrays.asList(text.split("\\*+", -1));
    }

    /** The glob that is written so. */
    public static Glob of(String text) {
        return new Glob(text);
    }

    /** Whether all of a name is meant. */
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
        // The earliest place for each part leaves the most room to those behind it.
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
        return other instanceof Glob it && text.equals(it.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it is written. */
    @Override
    public String toString() {
        return text;
    }
}
