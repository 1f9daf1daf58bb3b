package dev.muster.config;

/** Counted things in words: {@code 1 plan}, {@code 2 plans}. */
public final class Amounts {

    private Amounts() {}

    /**
     * So many of a thing.
     *
     * @param thing its name in the singular, whose plural ends with an s
     */
    public static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
