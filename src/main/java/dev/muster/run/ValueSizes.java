package dev.muster.run;

import dev.muster.json.JsonSize;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of one run's values as JSON text. A value can contain another one at many places, recursively, so a small
 * graph in memory can be endless as text. Every composed value is therefore measured, so that later walks over it, such
 * as writing events, are bounded. On the run's loop.
 *
 * <p>Sizes of some large values are cached, so that a value is not walked again each time it becomes a part of another
 * one. That cache holds weak references only. The last few small values are cached with strong references, because a
 * result is nearly always a part of the next composed value.
 */
final class ValueSizes {

    /** The size of a value that would take too long to measure on the loop. */
    static final long UNKNOWN = -1;

    private static final int MAX_VISITS = 100_000;

    /** A power of two. */
    private static final int MAX_KNOWN = 64;

    private static final long LARGE = 8_000;
    private static final long ENDLESS = Long.MAX_VALUE / 4;

    /** A power of two. */
    private static final int MAX_RECENT = 4;

    private Known @Nullable [] known;
    private @Nullable Recent recent;
    private int visits;

    /** A cached value, by identity; of two values with the same slot the newer one stays. */
    private static final class Known extends WeakReference<Object> {
        final long weight;

        Known(Object value, long weight) {
            super(value);
            this.weight = weight;
        }

        static int place(Object value) {
            int hash = System.identityHashCode(value);
            return (hash ^ hash >>> 12) & (MAX_KNOWN - 1);
        }
    }

    /** The size of a value in characters, or {@link #UNKNOWN}. */
    long of(@Nullable Object value) {
        visits = 0;
        long weight = weigh(value);
        if (weight < LARGE && weight != UNKNOWN && (value instanceof Map || value instanceof List)) {
            keepRecent(value, weight);
        }
        return weight;
    }

    private void keepRecent(Object value, long weight) {
        if (recent == null) {
            recent = new Recent();
        }
        if (recent.weight(value) == UNKNOWN) {
            recent.keep(value, weight);
        }
    }

    /** The last small values, by identity; a new one replaces the oldest. */
    private static final class Recent {
        private final @Nullable Object[] values = new Object[MAX_RECENT];
        private final long[] weights = new long[MAX_RECENT];
        private int count;

        void keep(Object value, long weight) {
            int at = count++ & (MAX_RECENT - 1);
            values[at] = value;
            weights[at] = weight;
        }

        long weight(Object value) {
            for (int i = 0; i < MAX_RECENT; i++) {
                if (values[i] == value) {
                    return weights[i];
                }
            }
            return UNKNOWN;
        }
    }

    /** Caches a size computed elsewhere. */
    void keep(@Nullable Object value, long weight) {
        if (value != null) {
            if (known == null) {
                known = new Known[MAX_KNOWN];
            }
            known[Known.place(value)] = new Known(value, weight);
        }
    }

    private long weigh(@Nullable Object value) {
        visits++;
        if (value instanceof Map<?, ?> map) {
            return remembered(map, map.size());
        }
        if (value instanceof List<?> list) {
            return remembered(list, list.size());
        }
        return JsonSize.of(value, Long.MAX_VALUE);
    }

    private long remembered(Object value, int size) {
        long small = recent == null ? UNKNOWN : recent.weight(value);
        if (small != UNKNOWN) {
            return small;
        }
        Known cached = known == null ? null : known[Known.place(value)];
        if (cached != null && cached.refersTo(value)) {
            return cached.weight;
        }
        if (size > MAX_VISITS - visits) {
            return UNKNOWN;
        }
        long sum = value instanceof Map<?, ?> map ? ofMap(map) : ofList((List<?>) value);
        if (sum >= LARGE) {
            keep(value, sum);
        }
        return sum;
    }

    private long ofMap(Map<?, ?> map) {
        long sum = 2;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            long weight = weigh(entry.getValue());
            if (weight == UNKNOWN) {
                return UNKNOWN;
            }
            sum = Math.min(ENDLESS, sum + entry.getKey().toString().length() + 4 + weight);
        }
        return sum;
    }

    private long ofList(List<?> list) {
        long sum = 2;
        for (Object item : list) {
            long weight = weigh(item);
            if (weight == UNKNOWN) {
                return UNKNOWN;
            }
            sum = Math.min(ENDLESS, sum + 1 + weight);
        }
        return sum;
    }
}
