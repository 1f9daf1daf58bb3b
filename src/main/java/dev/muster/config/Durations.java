package dev.muster.config;

import dev.muster.text.Printable;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in plans and settings: {@code 300ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
public final class Durations {
    private static final int MAX_SHOWN = 60;
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,15})(ms|s|m|h)");
    private static final Duration MOST = Duration.ofDays(365);

    private Durations() {}

    /**
     * Parses a duration, from {@code 0s} to {@code 8760h} (365 days).
     *
     * @throws IllegalArgumentException if the text is not a duration; the message describes the format
     */
    public static Duration parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + Printable.beginning(text, MAX_SHOWN)
                    + "\" is not a duration; write a whole number with ms, s, m or h, such as 300ms or 5s");
        }
        long count = Long.parseLong(matcher.group(1));
        long millis = millis(matcher.group(2));
        if (count > MOST.toMillis() / millis) {
            throw new IllegalArgumentException("\"" + Printable.beginning(text, MAX_SHOWN)
                    + "\" is too long a duration; at most 8760h (365 days)");
        }
        return Duration.ofMillis(count * millis);
    }

    /**
     * A duration in the format of {@link #parse}, in the largest unit that gives a whole number. Fractions of a millisecond
     * are dropped.
     */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        if (millis % 3_600_000 == 0 && millis != 0) {
            return millis / 3_600_000 + "h";
        }
        return millis % 60_000 == 0 && millis != 0 ? millis / 60_000 + "m" : millis / 1_000 + "s";
    }

    /** A duration for people, rounded to two or three digits: {@code 12.4 ms}, {@code 1.5 s}, {@code 2 min 5 s}. */
    public static String human(Duration duration) {
        if (duration.isNegative()) {
            return "-" + human(duration.negated());
        }
        long tenthsOfMillis = (duration.toNanos() + 50_000) / 100_000;
        if (tenthsOfMillis < 1_000) {
            return decimal(tenthsOfMillis) + " ms";
        }
        long millis = (duration.toNanos() + 500_000) / 1_000_000;
        if (millis < 1_000) {
            return millis + " ms";
        }
        long tenths = (millis + 50) / 100;
        if (tenths < 600) {
            return decimal(tenths) + " s";
        }
        long seconds = (millis + 500) / 1_000;
        if (seconds < 3_600) {
            return pair(seconds / 60, "min", seconds % 60, "s");
        }
        long minutes = (seconds + 30) / 60;
        return pair(minutes / 60, "h", minutes % 60, "min");
    }

    private static String decimal(long tenths) {
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
    }
}
