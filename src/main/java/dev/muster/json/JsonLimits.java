package dev.muster.json;

/**
 * The bounds within which JSON text is read.
 *
 * <p>How long a text may be is for the caller to bound, before it has the text in hand.
 *
 * @param nesting how deep objects and lists may nest, from 1 to 500
 * @param numberCharacters how long one number may be as written, from 1 to 100,000; its exponent is bounded by
 *     {@link #EXPONENT}
 */
public record JsonLimits(int nesting, int numberCharacters) {
    /** The magnitude of the largest exponent that is read; arithmetic on larger ones would fill the memory. */
    public static final int EXPONENT = 10_000;

    /** Nesting 256, numbers of 1,000 characters. */
    public static final JsonLimits DEFAULT = new JsonLimits(256, 1_000);

    /** Checks that the bounds are bounds. */
    public JsonLimits {
        if (nesting < 1 || nesting > 500) {
            throw new IllegalArgumentException("nesting must be from 1 to 500, not " + nesting);
        }
        if (numberCharacters < 1 || numberCharacters > 100_000) {
            throw new IllegalArgumentException("numberCharacters must be from 1 to 100000, not " + numberCharacters);
        }
    }

    /** These limits with another nesting. */
    public JsonLimits withNesting(int levels) {
        return new JsonLimits(levels, numberCharacters);
    }
}
