package dev.muster.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of nodes. Immutable.
 *
 * @param at the position at which the list begins
 * @param items the items, in order
 */
public record Sequence(Position at, List<Node> items) implements Node {
    /** Copies the list. */
    public Sequence {
        items = List.copyOf(items);
    }

    @Override
    public Object toValue() {
        List<@Nullable Object> values = new ArrayList<>(items.size());
        for (Node item : items) {
            values.add(item.toValue());
        }
        return values;
    }

    @Override
    public String describe() {
        return "a list";
    }
}
