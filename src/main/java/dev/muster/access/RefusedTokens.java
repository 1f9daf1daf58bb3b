package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recently rejected tokens whose signatures were computed, so that a token that is sent repeatedly costs one verification. They
 * are kept apart from valid tokens, which they must not evict. Safe on any thread; the lock is held for a look-up only.
 */
final class RefusedTokens {
    static final int MOST = 256;

    private final Map<KeyDigest, Refused> byDigest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<KeyDigest, Refused> eldest) {
            return size() > MOST;
        }
    };

    /**
     * A rejected token.
     *
     * @param keys keys with which it was verified; if the issuer's keys change, it is verified again
     * @param why the reason, which quotes no part of the token
     */
    private record Refused(VerificationKeys keys, String why) {}

    /** Why a token was rejected with these keys; null if it was not. */
    @Nullable
    String get(KeyDigest token, VerificationKeys keys) {
        synchronized (byDigest) {
            Refused refused = byDigest.get(token);
            return refused != null && refused.keys == keys ? refused.why : null;
        }
    }

    void put(KeyDigest token, VerificationKeys keys, String why) {
        synchronized (byDigest) {
            byDigest.put(token, new Refused(keys, why));
        }
    }
}
