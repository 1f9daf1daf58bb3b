package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the results of token checks, so that the signature of a token that is sent repeatedly is computed once. The least
 * recently used token is evicted. Safe on any thread; the lock is held for a look-up only.
 */
final class TokenCache<V> {
    private final Map<KeyDigest, Checked<V>> byDigest;

    TokenCache(int capacity) {
        byDigest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<KeyDigest, Checked<V>> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * The result of a token.
     *
     * @param keys keys with which it was verified; if the issuer's keys change, it is verified again
     * @param endSeconds the time until which the result holds, in seconds since 1970
     */
    private record Checked<V>(V result, VerificationKeys keys, long endSeconds) {}

    /** The result for a token; null unless it was verified with these keys and still holds. */
    @Nullable
    V get(KeyDigest token, VerificationKeys keys, long nowSeconds) {
        synchronized (byDigest) {
            Checked<V> entry = byDigest.get(token);
            if (entry == null) {
                return null;
            }
            if (entry.keys != keys || nowSeconds >= entry.endSeconds) {
                byDigest.remove(token);
                return null;
            }
            return entry.result;
        }
    }

    void put(KeyDigest token, VerificationKeys keys, V result, long endSeconds) {
        synchronized (byDigest) {
            byDigest.put(token, new Checked<>(result, keys, endSeconds));
        }
    }

    int size() {
        synchronized (byDigest) {
            return byDigest.size();
        }
    }
}
