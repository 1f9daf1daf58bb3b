package dev.muster.run;

import java.security.SecureRandom;
import java.time.Instant;

/** Identifiers of runs: 26 characters that sort by time (a ULID). From any thread. */
final class RunId {

    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final SecureRandom RANDOM = new SecureRandom();

    private RunId() {}

    static String next(Instant now) {
        var text = new char[26];
        long millis = now.toEpochMilli();
        for (int i = 9; i >= 0; i--) {
            text[i] = DIGITS[(int) (millis & 31)];
            millis >>>= 5;
        }
        long random = 0;
        for (int i = 10; i < 26; i++) {
            if (i % 8 == 2) {
                random = RANDOM.nextLong();
            }
            text[i] = DIGITS[(int) (random & 31)];
            random >>>= 5;
        }
        return new String(text);
    }
}
