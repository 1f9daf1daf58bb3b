package dev.muster.json;

/**
 * The limits of reading JSON text.
 *
 * <p>The caller limits the length of the text, before it is in memory.
 *
 * @param nesting the depth of objects and lists, from 1 to 500
 * @param numberCharacters the length of one number as written, from 1 to 100,000; its exponent is limited by
 *     {@link #EXPONENT}
 */
public record JsonLimits(int nesting, int numberCharacters) {
    /** The largest magnitude of an exponent. Arithmetic with larger exponents could fill the memory. */
    public static final int EXPONENT = 10_000;

    /** Nesting 256, numbers of 1,000 characters. */
    public static final JsonLimits DEFAULT = new JsonLimits(256, 1_000);

    /** Checks that the limits are in their ranges. */
    public JsonLimits {
        if (nesting < 1 || nesting > 500) {
            throw new IllegalArgumentException("nesting must be from 1 to 500, not " + nesting);
        }
        if (numberCharacters < 1 || numberCharacters > 100_000) {
            throw new IllegalArgumentException("numberCharacters must be from 1 to 100000, not " + numberCharacters);
        }
    }

    /** The same limits with another nesting. */
    public JsonLimits withNesting(int levels) {
        return new JsonLimits(levels, numberCharacters);
    }
}
