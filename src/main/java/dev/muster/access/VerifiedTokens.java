package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cache of verified tokens, so that each signature is computed once. The least recently used token is evicted. Safe on any
 * thread; the lock is held for a look-up only.
 */
final class VerifiedTokens {
    static final int MOST = 1_000;

    private final Map<KeyDigest, Verified> byDigest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<KeyDigest, Verified> eldest) {
            return size() > MOST;
        }
    };

    /**
     * A valid token.
     *
     * @param caller its caller
     * @param keys keys with which it was verified; if the issuer's keys change, it is verified again
     * @param endSeconds the time of expiry with tolerance, in seconds since 1970
     */
    private record Verified(Caller caller, VerificationKeys keys, long endSeconds) {}

    /** The caller of a token; null unless it was verified with these keys and has not expired. */
    @Nullable
    Caller get(KeyDigest token, VerificationKeys keys, long nowSeconds) {
        synchronized (byDigest) {
            Verified verified = byDigest.get(token);
            if (verified == null) {
                return null;
            }
            if (verified.keys != keys || nowSeconds >= verified.endSeconds) {
                byDigest.remove(token);
                return null;
            }
            return verified.caller;
        }
    }

    void put(KeyDigest token, VerificationKeys keys, Caller caller, long endSeconds) {
        synchronized (byDigest) {
            byDigest.put(token, new Verified(caller, keys, endSeconds));
        }
    }

    int size() {
        synchronized (byDigest) {
            return byDigest.size();
        }
    }
}
