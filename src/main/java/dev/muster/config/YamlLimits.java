package dev.muster.config;

/**
 * The limits of a file.
 *
 * @param fileBytes the size of the file, in bytes
 * @param nesting the depth of lists and maps, from 1 to 500
 * @param aliased the number of nodes that aliases ({@code *name}) can add; all nodes below an alias count each time
 */
public record YamlLimits(int fileBytes, int nesting, int aliased) {
    /** 1 MiB, nesting 64, 100,000 nodes by aliases. */
    public static final YamlLimits DEFAULT = new YamlLimits(1024 * 1024, 64, 100_000);

    /** Checks that the limits are in their ranges. */
    public YamlLimits {
        if (fileBytes < 1 || nesting < 1 || nesting > 500 || aliased < 0) {
            throw new IllegalArgumentException("not usable as bounds: " + fileBytes + " bytes, nesting " + nesting
                    + " (from 1 to 500), " + aliased + " aliased nodes");
        }
    }
}
