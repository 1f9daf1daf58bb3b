package dev.muster.bench;

/**
 * A regression on demand: the bytes that the property {@code muster.guard.injected} asks for, allocated by each operation of the kernel benchmarks.
 * {@link GuardTest} shows by it that the guard notices.
 */
final class Injected {

    static final String PROPERTY = "muster.guard.injected";

    private static final int BYTES = Integer.getInteger(PROPERTY, 0);

    /** Where the compiler has to believe that somebody reads it. */
    static volatile byte[] last;

    private Injected() {}

    static void allocate() {
        if (BYTES > 0) {
            last = new byte[BYTES];
        }
    }
}
