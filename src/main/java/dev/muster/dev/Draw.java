package dev.muster.dev;

import java.util.SplittableRandom;

/**
 * The random draws of one request: a pure function of the seed, the URL and the count.
 *
 * @param seed seed of the upstream
 * @param url method and URL
 * @param count number of earlier requests of that URL
 */
record Draw(long seed, String url, long count) {

    /** A number from 0 (inclusive) to 1 (exclusive), always the same for one purpose. */
    double chance(String purpose) {
        return random(purpose).nextDouble();
    }

    /** This number of bytes, which are neither UTF-8 nor JSON. */
    byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        random("noise").nextBytes(noise);
        // No UTF-8 text begins with a continuation byte.
        noise[0] = (byte) 0x80;
        return noise;
    }

    private SplittableRandom random(String purpose) {
        return new SplittableRandom(((seed * 31 + url.hashCode()) * 31 + purpose.hashCode()) * 1_000_003 + count);
    }
}
