package dev.muster.queue;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a memory queue. Remembers those that were settled last, with their results: a holder whose response was lost
 * repeats the settle and gets the first result. Remembers 10,000 leases; the oldest are dropped first.
 */
final class MemoryLeases {

    /** The maximum number of settled leases. */
    static final int MAX_SETTLED = 10_000;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final Supplier<String> tokens;

    private final Map<String, Ended> byLease = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > MAX_SETTLED;
        }
    };

    /** The result of the settle of this kind that ended a lease of the job {@code id}. */
    private record Ended(String id, Object kind, Settled settled) {}

    /**
     * No leases yet.
     *
     * @param tokens returns a new lease on each call
     */
    MemoryLeases(Supplier<String> tokens) {
        this.tokens = tokens;
    }

    /**
     * A generator of leases: 128 random bits each, as 22 characters of base64url, so that they cannot be guessed. Draws the bits
     * of 64 leases at a time, because each draw has a high fixed cost. For one thread.
     */
    static Supplier<String> randomTokens() {
        byte[] drawn = new byte[16 * 64];
        byte[] token = new byte[16];
        return new Supplier<>() {
            private int used = drawn.length;

            @Override
            public String get() {
                if (used == drawn.length) {
                    RANDOM.nextBytes(drawn);
                    used = 0;
                }
                System.arraycopy(drawn, used, token, 0, token.length);
                used += token.length;
                return ENCODER.encodeToString(token);
            }
        };
    }

    /** Returns a new lease. */
    String next() {
        return tokens.get();
    }

    void settled(Settle settle, Settled result) {
        byLease.put(settle.lease(), new Ended(settle.id(), kind(settle), result));
    }

    /** Returns the result of the first settle of the same lease and kind; null if there was none, or too long ago. */
    @Nullable
    Settled find(Settle again) {
        Ended ended = byLease.get(again.lease());
        return ended == null || !ended.id().equals(again.id()) || !ended.kind().equals(kind(again))
                ? null
                : ended.settled();
    }

    /** Returns the kind of a settle that ends a lease. A failure that gives up is of another kind than one that does not. */
    private static Object kind(Settle settle) {
        return settle instanceof Settle.Fail fail ? (Object) fail.giveUp() : settle.getClass();
    }
}
