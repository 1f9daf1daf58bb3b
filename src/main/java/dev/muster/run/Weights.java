package dev.muster.run;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of one run's values as JSON text. A value may hold another one at many places, and those again: what is a small graph
 * in memory may be endless as a text. So whatever puts values together is weighed, and what follows, the writing of events say,
 * walks over nothing that is too large. On the run's loop.
 *
 * <p>Sizes of some large values are remembered, so that a value is not walked over each time it becomes a part of another one.
 * That keeps none of them from being collected. The last small ones are remembered too, and kept: a result is nearly always a part
 * of what is put together next.
 */
final class Weights {

    /** Weighing would take longer than a loop may be held. */
    static final long UNKNOWN = -1;

    private static final int MOST_VISITS = 100_000;

    /** A power of two. */
    private static final int MOST_KNOWN = 64;

    private static final long LARGE = 8_000;
    private static final long ENDLESS = Long.MAX_VALUE / 4;

    /** A power of two. */
    private static final int MAX_RECENT = 4;

    private Known @Nullable [] known;
    private @Nullable Recent recent;
    private int visits;

    /** A value by its identity: the newer one of two that fall on one place stays. */
    private static final class Known extends WeakReference<Object> {
        final long weight;

        Known(Object value, long weight) {
            super(value);
            this.weight = weight;
        }

        static int place(Object value) {
            int hash = System.identityHashCode(value);
            return (hash ^ hash >>> 12) & (MOST_KNOWN - 1);
        }
    }

    /** The size of a value in bytes, or {@link #UNKNOWN}. */
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

    /** The last small values, by their identity; a new one takes the place of the oldest. */
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

    /** Remembers what somebody else has found out. */
    void keep(@Nullable Object value, long weight) {
        if (value != null) {
            if (known == null) {
                known = new Known[MOST_KNOWN];
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
        return Weight.of(value, Long.MAX_VALUE);
    }

    private long remembered(Object value, int size) {
        long small = recent == null ? UNKNOWN : recent.weight(value);
        if (small != UNKNOWN) {
            return small;
        }
        Known one = known == null ? null : known[Known.place(value)];
        if (one != null && one.refersTo(value)) {
            return one.weight;
        }
        if (size > MOST_VISITS - visits) {
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
