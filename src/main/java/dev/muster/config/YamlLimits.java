package dev.muster.config;

/**
 * The bounds within which a file is read.
 *
 * @param fileBytes how large the file may be
 * @param nesting how deep lists and maps may nest, from 1 to 500
 * @param aliased how many nodes aliases ({@code *name}) may add, everything below them counted anew each time
 */
public record YamlLimits(int fileBytes, int nesting, int aliased) {
    /** 1 MiB, nesting 64, 100,000 nodes by aliases. */
    public static final YamlLimits DEFAULT = new YamlLimits(1024 * 1024, 64, 100_000);

    /** Checks that the bounds are bounds. */
    public YamlLimits {
        if (fileBytes < 1 || nesting < 1 || nesting > 500 || aliased < 0) {
            throw new IllegalArgumentException("not usable as bounds: " + fileBytes + " bytes, nesting " + nesting
                    + " (from 1 to 500), " + aliased + " aliased nodes");
        }
    }
}
