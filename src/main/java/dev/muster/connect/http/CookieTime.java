package dev.muster.connect.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The check whether a cookie has already expired on arrival, by {@code Max-Age} and {@code Expires} (RFC 6265). A server
 * deletes a cookie in this way.
 */
final class CookieTime {

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9].*)?");
    private static final Pattern DAY = Pattern.compile("([0-9]{1,2})(?:[^0-9].*)?");
    private static final Pattern YEAR = Pattern.compile("([0-9]{2,4})(?:[^0-9].*)?");
    private static final Pattern DELIMITERS = Pattern.compile("[\\t -/;-@\\[-`{-~]+");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private CookieTime() {}

    /**
     * Whether a cookie with these attributes has expired. An attribute is empty if absent; {@code Max-Age} takes precedence
     * over {@code Expires}; malformed values are ignored.
     */
    static boolean isOver(String maxAge, String expires, Instant now) {
        if (WHOLE.matcher(maxAge).matches()) {
            return maxAge.startsWith("-") || maxAge.chars().allMatch(c -> c == '0');
        }
        Instant at = instant(expires);
        return at != null && !at.isAfter(now);
    }

    /** Parses a date by the lenient rules of RFC 6265, 5.1.1; null if the text is no date. */
    private static @Nullable Instant instant(String date) {
        String time = null;
        String day = null;
        String year = null;
        int month = 0;
        for (String token : DELIMITERS.split(date, -1)) {
            String start = token.substring(0, Math.min(3, token.length())).toLowerCase(Locale.ROOT);
            if (time == null && TIME.matcher(token).matches()) {
                time = token;
            } else if (day == null && DAY.matcher(token).matches()) {
                day = token;
            } else if (month == 0 && MONTHS.contains(start)) {
                month = MONTHS.indexOf(start) + 1;
            } else if (year == null && YEAR.matcher(token).matches()) {
                year = token;
            }
        }
        if (time == null || day == null || month == 0 || year == null) {
            return null;
        }
        Matcher clock = TIME.matcher(time);
        int years = first(YEAR, year);
        int full = years < 70 ? years + 2_000 : years < 100 ? years + 1_900 : years;
        try {
            return clock.matches() && full >= 1601
                    ? LocalDateTime.of(
                                    full, month, first(DAY, day), number(clock, 1), number(clock, 2), number(clock, 3))
                            .toInstant(ZoneOffset.UTC)
                    : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static int first(Pattern pattern, String token) {
        Matcher matcher = pattern.matcher(token);
        return matcher.matches() ? number(matcher, 1) : 0;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
