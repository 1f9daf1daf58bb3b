package dev.muster.config;

import dev.muster.text.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in plans and settings: {@code 100B}, {@code 64KiB}, {@code 16MiB}, {@code 1GiB}. */
public final class Sizes {
    private static final int MAX_SHOWN = 60;
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,18})(B|KiB|MiB|GiB)?");

    private Sizes() {}

    /**
     * Parses a size, in bytes. A number without a unit counts bytes.
     *
     * @throws IllegalArgumentException if the text is not a size; the message describes the format
     */
    public static long parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + Printable.beginning(text, MAX_SHOWN)
                    + "\" is not a size; write a whole number with B, KiB, MiB or GiB, such as 64KiB");
        }
        long unit = bytes(matcher.group(2) == null ? "B" : matcher.group(2));
        long count = Long.parseLong(matcher.group(1));
        if (count > Long.MAX_VALUE / unit) {
            throw new IllegalArgumentException(
                    "\"" + Printable.beginning(text, MAX_SHOWN) + "\" is too large a size; at most 8589934591GiB");
        }
        return count * unit;
    }

    /** A size in the format of {@link #parse}, in the largest unit that gives a whole number. */
    public static String format(long bytes) {
        for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
            if (bytes != 0 && bytes % bytes(unit) == 0) {
                return bytes / bytes(unit) + unit;
            }
        }
        return bytes + "B";
    }

    private static long bytes(String unit) {
        return switch (unit) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 1;
        };
    }
}
