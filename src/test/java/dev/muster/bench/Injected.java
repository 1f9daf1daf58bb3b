package dev.muster.bench;

/**
 * A regression on demand: each operation of the kernel benchmarks allocates the number of bytes in the property
 * {@code muster.guard.injected}. {@link GuardTest} uses it to show that the guard detects an allocation.
 */
final class Injected {

    static final String PROPERTY = "muster.guard.injected";

    private static final int BYTES = Integer.getInteger(PROPERTY, 0);

    /** Volatile, so that the compiler cannot remove the allocation. */
    static volatile byte[] last;

    private Injected() {}

    static void allocate() {
        if (BYTES > 0) {
            last = new byte[BYTES];
        }
    }
}
