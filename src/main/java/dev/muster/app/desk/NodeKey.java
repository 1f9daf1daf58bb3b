package dev.muster.app.desk;

import org.jspecify.annotations.Nullable;

/**
 * With which key a node is asked.
 *
 * @param text the key; null for none
 * @param origin where it is from, for people, who are never told the key itself
 */
public record NodeKey(@Nullable String text, String origin) {

    /** None. */
    public static final NodeKey NONE = new NodeKey(null, "no key");

    @Override
    public String toString() {
        return origin;
    }
}
