package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were refused not long ago after their signature had been computed, so that whoever brings one again and again
 * costs that once. Apart from those that hold, which they shall not drive out. From any thread; the lock is held for a look-up
 * only.
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
     * A token that does not hold.
     *
     * @param keys with which it was verified; once the issuer has others it is verified anew
     * @param why the reason, which repeats nothing of it
     */
    private record Refused(VerificationKeys keys, String why) {}

    /** Why a token was refused with these keys, or null. */
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
