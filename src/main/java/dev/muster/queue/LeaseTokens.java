package dev.muster.queue;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The generator of leases: 128 random bits each, as 22 characters of base64url, so that they cannot be guessed. Draws the bits of
 * 64 leases at a time, because each draw has a high fixed cost. For one thread.
 */
final class LeaseTokens {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final int BYTES = 16;
    private static final int AT_A_TIME = 64;

    private final byte[] drawn = new byte[BYTES * AT_A_TIME];
    private final byte[] next = new byte[BYTES];
    private int used = drawn.length;

    String next() {
        if (used == drawn.length) {
            RANDOM.nextBytes(drawn);
            used = 0;
        }
        System.arraycopy(drawn, used, next, 0, BYTES);
        used += BYTES;
        return ENCODER.encodeToString(next);
    }
}
