package dev.muster.expr;

import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of the variables of one evaluation to CEL values. Maps and lists become views that convert their elements
 * on access, so nothing is copied.
 *
 * <p>For one thread. It remembers the originals of doubles that stand for decimals such as 1.10, so that numbers that are
 * passed through are returned unchanged.
 */
final class ToCel {

    private final Walk walk;
    private @Nullable IdentityHashMap<Double, Number> originals;

    ToCel(Walk walk) {
        this.walk = walk;
    }

    Object convert(@Nullable Object value) {
        if (value instanceof String text) {
            walk.text(text.length());
            return text;
        }
        walk.visit();
        if (value == null) {
            return NullValue.NULL_VALUE;
        }
        if (value instanceof Long || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            return new MapView(map);
        }
        if (value instanceof List<?> list) {
            return new ListView(list);
        }
        return value instanceof Number number ? convertNumber(number) : refuse(value);
    }

    private Object convertNumber(Number number) {
        if (number instanceof Double binary) {
            // CEL distinguishes -0.0 from 0, which are equal numbers.
            return binary == 0 ? keep(Math.abs(binary), binary) : binary;
        }
        if (number instanceof BigDecimal decimal) {
            return convertDecimal(decimal);
        }
        if (number instanceof BigInteger whole) {
            return BigNumber.of(whole);
        }
        if (number instanceof Float) {
            return number.doubleValue();
        }
        if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        return refuse(number);
    }

    private Object convertDecimal(BigDecimal decimal) {
        Object converted = BigNumber.of(decimal);
        return converted instanceof Double binary ? keep(binary, decimal) : converted;
    }

    private Double keep(Double binary, Number original) {
        if (originals == null) {
            originals = new IdentityHashMap<>();
        }
        originals.put(binary, original);
        return binary;
    }

    /** The original number if this double was created by a conversion; otherwise the double. */
    Number original(Double binary) {
        Number original = originals == null ? null : originals.get(binary);
        return original == null ? binary : original;
    }

    private static Object refuse(Object value) {
        throw new Failure(
                ExpressionProblem.Kind.TYPE,
                "a variable holds a " + value.getClass().getName() + ", which expressions do not support");
    }

    /** A bound list as a CEL value. If the view is a result, the original list is returned. */
    final class ListView extends AbstractList<Object> implements RandomAccess {

        private final List<?> original;

        private ListView(List<?> original) {
            this.original = original;
        }

        List<?> original() {
            return original;
        }

        @Override
        public Object get(int index) {
            return convert(original.get(index));
        }

        @Override
        public int size() {
            return original.size();
        }

        @Override
        public Iterator<Object> iterator() {
            Iterator<?> elements = original.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return elements.hasNext();
                }

                @Override
                public Object next() {
                    return convert(elements.next());
                }
            };
        }

        /** Short, since CEL puts arguments into messages. */
        @Override
        public String toString() {
            return "a list of " + size();
        }
    }

    /** A bound map as a CEL value. If the view is a result, the original map is returned. */
    final class MapView extends AbstractMap<Object, Object> {

        private final Map<?, ?> original;

        private MapView(Map<?, ?> original) {
            this.original = original;
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
            return value == null && !original.containsKey(key) ? null : convert(value);
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
                    Iterator<? extends Entry<?, ?>> entries =
                            original.entrySet().iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return entries.hasNext();
                        }

                        @Override
                        public Entry<Object, Object> next() {
                            Entry<?, ?> entry = entries.next();
                            return new SimpleImmutableEntry<>(entry.getKey(), convert(entry.getValue()));
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
}
