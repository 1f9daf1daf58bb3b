package dev.muster.dev;

import java.util.SplittableRandom;

/**
 * The chances of one request: a pure function of the seed, its URL and its count.
 *
 * @param seed of the upstream
 * @param url method and URL
 * @param count how many requests of that URL came before
 */
record Draw(long seed, String url, long count) {

    /** A number from 0 to 1 for one purpose, the same each time. */
    double chance(String purpose) {
        return random(purpose).nextDouble();
    }

    /** So many bytes that are neither UTF-8 nor JSON. */
    byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        random("noise").nextBytes(noise);
        // No UTF-8 begins with a continuation byte.
        noise[0] = (byte) 0x80;
        return noise;
    }

    private SplittableRandom random(String purpose) {
        return new SplittableRandom(((seed * 31 + url.hashCode()) * 31 + purpose.hashCode()) * 1_000_003 + count);
    }
}
