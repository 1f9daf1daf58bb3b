package dev.muster.run;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;

/** The generator of run ids: ULIDs, 26 characters that sort by time. Safe on any thread. */
final class RunId {

    private static final byte[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".getBytes(StandardCharsets.ISO_8859_1);
    private static final int LENGTH = 26;
    private static final int OF_TIME = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A buffer of random bytes for each thread: the shared source is a bottleneck for many small requests. */
    private static final ThreadLocal<Store> STORES = ThreadLocal.withInitial(Store::new);

    private RunId() {}

    private static final class Store {
        private final byte[] bytes = new byte[(LENGTH - OF_TIME) * 64];
        private int used = bytes.length;

        byte next() {
            if (used == bytes.length) {
                RANDOM.nextBytes(bytes);
                used = 0;
            }
            return bytes[used++];
        }
    }

    static String next(Instant now) {
        var text = new byte[LENGTH];
        long millis = now.toEpochMilli();
        for (int i = OF_TIME - 1; i >= 0; i--) {
            text[i] = DIGITS[(int) (millis & 31)];
            millis >>>= 5;
        }
        Store random = STORES.get();
        for (int i = OF_TIME; i < LENGTH; i++) {
            text[i] = DIGITS[random.next() & 31];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
