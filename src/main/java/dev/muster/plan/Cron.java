package dev.muster.plan;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The times that a cron expression names in a time zone, to the minute. Immutable, and safe on any thread.
 *
 * <p>A day matches if both day fields allow it; if both fields are restricted, if either allows it.
 *
 * <p>Daylight-saving changes depend on the hour field. An expression that restricts hours follows the local clock: all times
 * in a gap together run once, right after the gap, and a time that occurs twice runs the first time only. An expression for
 * every hour follows elapsed time: a time in a gap does not run, and a time that occurs twice runs twice.
 */
public final class Cron {

    private final String text;
    private final ZoneId zone;
    private final long minutes;
    private final long hours;
    private final long days;
    private final long months;
    private final long weekdays;
    private final boolean isEitherDay;
    private final boolean isEveryHour;

    /** A cron expression from the values of each field, as bit sets. */
    Cron(String text, ZoneId zone, Map<CronReader.Field, Long> values) {
        this.text = text;
        this.zone = zone;
        this.minutes = required(values, CronReader.Field.MINUTE);
        this.hours = required(values, CronReader.Field.HOUR);
        this.days = required(values, CronReader.Field.DAY);
        this.months = required(values, CronReader.Field.MONTH);
        this.weekdays = required(values, CronReader.Field.WEEKDAY);
        this.isEitherDay = days != CronReader.Field.DAY.all() && weekdays != CronReader.Field.WEEKDAY.all();
        this.isEveryHour = hours == CronReader.Field.HOUR.all();
    }

    private static long required(Map<CronReader.Field, Long> values, CronReader.Field field) {
        return Objects.requireNonNull(values.get(field));
    }

    /**
     * Parses five fields ({@code minute hour day-of-month month day-of-week}) or a word such as {@code @daily}.
     *
     * @throws IllegalArgumentException with field, column and allowed values for each wrong field; or if no day ever matches
     */
    public static Cron parse(String text, ZoneId zone) {
        return CronReader.read(text, zone);
    }

    /** The expression as it was written. */
    public String text() {
        return text;
    }

    /** The time zone. */
    public ZoneId zone() {
        return zone;
    }

    /** The first time that is later than {@code after}. Takes microseconds, whatever the expression. */
    public Instant next(Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime found = shown(firstUncounted(rules, after, offset));
        Instant from = after;
        while (true) {
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || found.isBefore(change.getDateTimeBefore())) {
                return found.toInstant(offset);
            }
            if (change.isGap() && found.isBefore(change.getDateTimeAfter()) && !isEveryHour) {
                return change.getInstant();
            }
            if (change.isGap() ? found.isBefore(change.getDateTimeAfter()) : isEveryHour) {
                found = shown(minuteFrom(change.getDateTimeAfter()));
            }
            offset = change.getOffsetAfter();
            from = change.getInstant();
        }
    }

    /** The first {@code count} times that are later than {@code after}, in order. */
    public List<Instant> next(Instant after, int count) {
        List<Instant> times = new ArrayList<>();
        Instant last = after;
        for (int i = 0; i < count; i++) {
            last = next(last);
            times.add(last);
        }
        return List.copyOf(times);
    }

    /** The next minute on the local clock. Skips minutes that occur for the second time, unless the expression is for every hour. */
    private LocalDateTime firstUncounted(ZoneRules rules, Instant after, ZoneOffset offset) {
        LocalDateTime now = LocalDateTime.ofEpochSecond(after.getEpochSecond(), after.getNano(), offset);
        ZoneOffsetTransition change = rules.getTransition(now);
        boolean isSecondTime = change != null && change.isOverlap() && offset.equals(change.getOffsetAfter());
        return isSecondTime && !isEveryHour
                ? minuteFrom(change.getDateTimeBefore())
                : now.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    }

    private static LocalDateTime minuteFrom(LocalDateTime time) {
        LocalDateTime minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? minute : minute.plusMinutes(1);
    }

    // ---- times of the local clock, before gaps and overlaps are considered

    private LocalDateTime shown(LocalDateTime from) {
        LocalDate day = day(from.toLocalDate());
        if (day.equals(from.toLocalDate())) {
            int hour = from.getHour();
            int minute = isIn(hours, hour) ? atLeast(minutes, from.getMinute()) : -1;
            if (minute >= 0) {
                return day.atTime(hour, minute);
            }
            int later = atLeast(hours, hour + 1);
            if (later >= 0) {
                return day.atTime(later, atLeast(minutes, 0));
            }
            day = day(day.plusDays(1));
        }
        return day.atTime(atLeast(hours, 0), atLeast(minutes, 0));
    }

    private LocalDate day(LocalDate from) {
        LocalDate day = from;
        while (!isIn(months, day.getMonthValue()) || !isDay(day)) {
            day = isIn(months, day.getMonthValue())
                    ? day.plusDays(1)
                    : day.withDayOfMonth(1).plusMonths(1);
        }
        return day;
    }

    private boolean isDay(LocalDate day) {
        boolean byDate = isIn(days, day.getDayOfMonth());
        boolean byWeekday = isIn(weekdays, day.getDayOfWeek().getValue() % 7);
        return isEitherDay ? byDate || byWeekday : byDate && byWeekday;
    }

    private static boolean isIn(long values, int value) {
        return (values & 1L << value) != 0;
    }

    /** The least value of the set that is at least {@code value}; -1 if there is none. */
    private static int atLeast(long values, int value) {
        long left = values & -1L << value;
        return left == 0 ? -1 : Long.numberOfTrailingZeros(left);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cron cron && text.equals(cron.text) && zone.equals(cron.zone);
    }

    @Override
    public int hashCode() {
        return text.hashCode() * 31 + zone.hashCode();
    }

    /** The expression and the zone, for messages. */
    @Override
    public String toString() {
        return text + " (" + zone.getId() + ")";
    }
}
