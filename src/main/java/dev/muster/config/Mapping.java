package dev.muster.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A map of nodes by name, in the order of the file. Names are unique. Immutable. */
public final class Mapping implements Node {
    private final Position at;
    private final Map<String, Entry> byName;

    /**
     * An entry of a map.
     *
     * @param key the name, with its position
     * @param value the node under the name
     */
    public record Entry(Scalar key, Node value) {
        /** The name as text. */
        public String name() {
            return key.text();
        }
    }

    /**
     * A map of the given entries.
     *
     * @throws IllegalArgumentException if two entries have the same name
     */
    public Mapping(Position at, List<Entry> entries) {
        this.at = at;
        this.byName = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (byName.put(entry.name(), entry) != null) {
                throw new IllegalArgumentException("two entries are named " + entry.name());
            }
        }
    }

    /** A map without entries. */
    public static Mapping empty(Position at) {
        return new Mapping(at, List.of());
    }

    @Override
    public Position at() {
        return at;
    }

    /** The entries, in the order of the file. */
    public List<Entry> entries() {
        return List.copyOf(byName.values());
    }

    /** The names, in the order of the file. A read-only view. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** Whether the map has an entry of that name, even one with the value null. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /** The value of an entry; null if there is none. */
    public @Nullable Node get(String name) {
        Entry entry = byName.get(name);
        return entry == null ? null : entry.value();
    }

    /** The entry of that name, for the position of its key; null if there is none. */
    public @Nullable Entry entry(String name) {
        return byName.get(name);
    }

    @Override
    public Map<String, @Nullable Object> toValue() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        byName.forEach((name, entry) -> values.put(name, entry.value().toValue()));
        return values;
    }

    @Override
    public String describe() {
        return "a map";
    }

    /** Two maps are equal if their positions and entries are equal, in the same order. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Mapping mapping
                && mapping.at.equals(at)
                && mapping.entries().equals(entries());
    }

    @Override
    public int hashCode() {
        return at.hashCode();
    }

    @Override
    public String toString() {
        return "Mapping[at=" + at + ", entries=" + byName.values() + "]";
    }
}
