package dev.muster.queue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a memory queue that were settled last, with their results. A holder whose response was lost repeats the settle
 * and gets the first result. Holds 10,000 leases; the oldest are dropped first.
 */
final class EndedLeases {

    /** The maximum number of leases. */
    static final int MOST = 10_000;

    private final Map<String, Ended> byLease = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > MOST;
        }
    };

    /**
     * A settled lease.
     *
     * @param id id of the job
     * @param word the kind of settle
     * @param settled the result
     */
    private record Ended(String id, Object word, Settled settled) {}

    void add(Settle by, Settled settled) {
        byLease.put(by.lease(), new Ended(by.id(), word(by), settled));
    }

    /** Returns the result of the first settle of the same lease and kind; null if there was none, or too long ago. */
    @Nullable
    Settled find(Settle again) {
        Ended ended = byLease.get(again.lease());
        if (ended == null || !ended.id().equals(again.id()) || !ended.word().equals(word(again))) {
            return null;
        }
        return ended.settled();
    }

    /** Returns the kind of a settle that ends a lease. A failure that gives up is of another kind than one that does not. */
    private static Object word(Settle one) {
        return one instanceof Settle.Fail fail ? (Object) fail.giveUp() : one.getClass();
    }
}
