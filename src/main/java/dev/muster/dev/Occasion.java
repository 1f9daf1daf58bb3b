package dev.muster.dev;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Selects the requests of one URL on which a fault happens: the first {@code first} of every {@code of}, or a random share.
 *
 * @param share probability from 0 to 1; 1 if only the count decides
 * @param first number of consecutive requests that are selected; {@link Long#MAX_VALUE} for all
 * @param of number of requests after which the count restarts; {@link Long#MAX_VALUE} for never
 */
record Occasion(double share, long first, long of) {
    static final Occasion NEVER = new Occasion(0, 0, Long.MAX_VALUE);
    static final Occasion ALWAYS = new Occasion(1, Long.MAX_VALUE, Long.MAX_VALUE);

    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?)%");
    private static final Pattern FIRST = Pattern.compile("first ([0-9]{1,9})(?: of ([0-9]{1,9}))?");

    /**
     * Parses {@code always}, {@code never}, {@code 20%}, {@code first 2} or {@code first 1 of 3}; {@code true} and {@code false}
     * mean always and never.
     *
     * @throws IllegalArgumentException if the text is invalid; the message shows the syntax
     */
    static Occasion parse(String text) {
        Matcher share = SHARE.matcher(text);
        Matcher first = FIRST.matcher(text);
        if (text.equals("always") || text.equals("true")) {
            return ALWAYS;
        }
        if (text.equals("never") || text.equals("false")) {
            return NEVER;
        }
        if (share.matches() && Double.parseDouble(share.group(1)) <= 100) {
            return new Occasion(Double.parseDouble(share.group(1)) / 100, Long.MAX_VALUE, Long.MAX_VALUE);
        }
        if (first.matches()) {
            long count = Long.parseLong(first.group(1));
            long of = first.group(2) == null ? Long.MAX_VALUE : Long.parseLong(first.group(2));
            if (of >= count && of > 0) {
                return new Occasion(1, count, of);
            }
        }
        throw new IllegalArgumentException("\"" + text
                + "\" is not a condition; write always, 20%, first 2 or first 1 of 3 (requests of one URL)");
    }

    /**
     * Whether the fault happens.
     *
     * @param count number of earlier requests of the same URL
     * @param chance a random number from 0 to 1 for this request
     */
    boolean meets(long count, double chance) {
        return count % of < first && chance < share;
    }
}
