package dev.muster.config;

/** Counts with a noun, for messages: {@code 1 plan}, {@code 2 plans}. */
public final class Amounts {

    private Amounts() {}

    /**
     * The count and the noun.
     *
     * @param thing the noun in the singular; its plural must end with an s
     */
    public static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
