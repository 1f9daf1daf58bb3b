package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were verified not long ago, so that each signature is computed once: a look-up costs next
 * to nothing beside it. The oldest unused makes room for a new one. From any thread; the lock is held for a look-up only.
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
     * A token that holds.
     *
     * @param caller whose it is
     * @param keys with which it was verified; once the issuer has others it is verified anew
     * @param endSeconds since 1970, from which on it holds no more
     */
    private record Verified(Caller caller, VerificationKeys keys, long endSeconds) {}

    /** Whose a token is, if it was verified with these keys and still holds. */
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
