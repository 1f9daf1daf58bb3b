package dev.muster.expr;

import dev.cel.runtime.RuntimeEquality;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CEL's equality within the budget of the evaluation. Values other than lists, maps and optionals are compared by CEL itself. */
final class Equal {

    private final RuntimeEquality leaves;

    Equal(RuntimeEquality leaves) {
        this.leaves = leaves;
    }

    boolean equal(@Nullable Object x, @Nullable Object y) {
        return equal(x, y, Walk.here());
    }

    /** Whether a list contains a value. */
    boolean contains(Collection<?> list, Object value) {
        Walk walk = Walk.here();
        for (Object element : list) {
            if (equal(element, value, walk)) {
                return true;
            }
        }
        return false;
    }

    /** The elements of a list without those that equal an earlier one, in order. */
    List<Object> distinct(Collection<?> list) {
        Walk walk = Walk.here();
        Map<Integer, List<Object>> byHash = new HashMap<>();
        List<Object> distinct = new ArrayList<>();
        for (Object element : list) {
            List<Object> same = byHash.computeIfAbsent(hash(element, walk), hash -> new ArrayList<>(1));
            boolean isNew = same.stream().noneMatch(earlier -> equal(earlier, element, walk));
            if (isNew) {
                same.add(element);
                distinct.add(element);
            }
        }
        return distinct;
    }

    /** The elements of a list, with nested lists replaced by their elements down to {@code depth} levels. */
    static List<Object> flattened(Collection<?> list, long depth) {
        List<Object> flat = new ArrayList<>();
        flatten(list, depth, flat, Walk.here());
        return flat;
    }

    private static void flatten(Collection<?> list, long depth, List<Object> flat, Walk walk) {
        for (Object element : list) {
            walk.visit();
            if (depth > 0 && element instanceof Collection<?> inner) {
                flatten(inner, depth - 1, flat, walk);
            } else {
                flat.add(element);
            }
        }
    }

    private boolean equal(@Nullable Object x, @Nullable Object y, Walk walk) {
        if (x == y) {
            return equalsItself(x, walk, null);
        }
        walk.visit();
        if (x instanceof Collection<?> a) {
            return y instanceof Collection<?> b && equal(a, b, walk);
        }
        if (x instanceof Map<?, ?> a) {
            return y instanceof Map<?, ?> b && equal(a, b, walk);
        }
        if (x instanceof Optional<?> a) {
            return y instanceof Optional<?> b
                    && a.isPresent() == b.isPresent()
                    && (a.isEmpty() || equal(a.get(), b.get(), walk));
        }
        if (x instanceof String text) {
            walk.text(text.length());
        }
        return !(y instanceof Collection || y instanceof Map || y instanceof Optional)
                && !Decimals.isNaN(x)
                && leaves.objectEquals(x, y);
    }

    /**
     * Whether a value equals itself: NaN does not, nor does a collection that holds it. Variables hold no NaN, so their
     * views are not looked into. A collection that occurs several times is looked into once.
     */
    private static boolean equalsItself(@Nullable Object value, Walk walk, @Nullable Set<Object> looked) {
        if (value == null) {
            return true;
        }
        if (value instanceof Optional<?> optional) {
            return equalsItself(optional.orElse(null), walk, looked);
        }
        boolean isView = value instanceof ToCel.ListView || value instanceof ToCel.MapView;
        if (isView || !(value instanceof Collection || value instanceof Map)) {
            return !Decimals.isNaN(value);
        }
        Set<Object> all = looked == null ? Collections.newSetFromMap(new IdentityHashMap<>()) : looked;
        if (!all.add(value)) {
            return true;
        }
        Collection<?> parts = value instanceof Map<?, ?> map ? map.values() : (Collection<?>) value;
        for (Object part : parts) {
            walk.visit();
            if (!equalsItself(part, walk, all)) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(Collection<?> one, Collection<?> other, Walk walk) {
        if (one.size() != other.size()) {
            return false;
        }
        Iterator<?> others = other.iterator();
        for (Object element : one) {
            if (!equal(element, others.next(), walk)) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(Map<?, ?> one, Map<?, ?> other, Walk walk) {
        if (one.size() != other.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : one.entrySet()) {
            Optional<Object> found = leaves.findInMap(other, entry.getKey());
            if (found.isEmpty() || !equal(entry.getValue(), found.get(), walk)) {
                return false;
            }
        }
        return true;
    }

    private int hash(@Nullable Object value, Walk walk) {
        walk.visit();
        if (value instanceof Collection<?> list) {
            int hash = 1;
            for (Object element : list) {
                hash = 31 * hash + hash(element, walk);
            }
            return hash;
        }
        if (value instanceof Map<?, ?> map) {
            int hash = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                hash += leaves.hashCode(entry.getKey()) ^ hash(entry.getValue(), walk);
            }
            return hash;
        }
        if (value instanceof Optional<?> optional) {
            return hash(optional.orElse(null), walk);
        }
        return leaves.hashCode(value);
    }
}
