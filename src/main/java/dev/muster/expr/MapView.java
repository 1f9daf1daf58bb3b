package dev.muster.expr;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A bound map as a CEL value. If the view is a result, the original map is returned. */
final class MapView extends AbstractMap<Object, Object> {

    private final Map<?, ?> original;
    private final ToCel inward;

    MapView(Map<?, ?> original, ToCel inward) {
        this.original = original;
        this.inward = inward;
    }

    Map<?, ?> original() {
        return original;
    }

    @Override
    public @Nullable Object get(Object key) {
        if (!(key instanceof String)) {
            return null;
        }
        Object value = original.get(key);
        return value == null && !original.containsKey(key) ? null : inward.convert(value);
    }

    @Override
    public boolean containsKey(Object key) {
        return key instanceof String && original.containsKey(key);
    }

    @Override
    public int size() {
        return original.size();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Set<Object> keySet() {
        return (Set<Object>) original.keySet();
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<Object, Object>> iterator() {
                Iterator<? extends Entry<?, ?>> entries = original.entrySet().iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return entries.hasNext();
                    }

                    @Override
                    public Entry<Object, Object> next() {
                        Entry<?, ?> entry = entries.next();
                        return new SimpleImmutableEntry<>(entry.getKey(), inward.convert(entry.getValue()));
                    }
                };
            }

            @Override
            public int size() {
                return original.size();
            }
        };
    }

    /** Short, since CEL puts arguments into messages. */
    @Override
    public String toString() {
        return "a map of " + size();
    }
}
