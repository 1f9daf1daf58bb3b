package dev.muster.cli.queue;

import org.jspecify.annotations.Nullable;

/**
 * The key that authenticates requests to a node.
 *
 * @param text the key; null for none
 * @param origin the origin of the key, shown instead of the key
 */
public record NodeKey(@Nullable String text, String origin) {

    /** No key. */
    public static final NodeKey NONE = new NodeKey(null, "no key");

    @Override
    public String toString() {
        return origin;
    }
}
