package dev.muster.queue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a queue in memory that their holders ended last, and how: whoever did not get the answer says the same again, and is
 * told what came of it. Bounded; the oldest are forgotten first.
 */
final class EndedLeases {

    /** How many are remembered. */
    static final int MOST = 10_000;

    private final Map<String, Ended> byLease = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > MOST;
        }
    };

    /**
     * A lease that was ended.
     *
     * @param id of the job
     * @param word by which it was
     * @param settled what came of it
     */
    private record Ended(String id, Object word, Settled settled) {}

    void add(Settle by, Settled settled) {
        byLease.put(by.lease(), new Ended(by.id(), word(by), settled));
    }

    /** What came of it when the same was said first; null if it was not, or too long ago. */
    @Nullable
    Settled find(Settle again) {
        Ended ended = byLease.get(again.lease());
        if (ended == null || !ended.id().equals(again.id()) || !ended.word().equals(word(again))) {
            return null;
        }
        return ended.settled();
    }

    /** Of words that end a lease alone; to give up is another word than to fail. */
    private static Object word(Settle one) {
        return one instanceof Settle.Fail fail ? (Object) fail.giveUp() : one.getClass();
    }
}
