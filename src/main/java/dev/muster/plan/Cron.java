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
 * The times that a cron expression names in a zone, to the minute. Immutable, and safe on every thread.
 *
 * <p>Days are those that both day fields allow; if both are restricted, those that either allows. Where clocks are put forward or
 * back, an expression that names hours is about what clocks show: a time that is left out is made up for right after the gap, once
 * for all times in it, and one that comes twice counts the first time. One whose hours are all of them is about
 * time that passes: what is left out is left out, and what comes twice counts twice.
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

    /** Of the values of each field, as bits. */
    Cron(String text, ZoneId zone, Map<CronField, Long> values) {
        this.text = text;
        this.zone = zone;
        this.minutes = required(values, CronField.MINUTE);
        this.hours = required(values, CronField.HOUR);
        this.days = required(values, CronField.DAY);
        this.months = required(values, CronField.MONTH);
        this.weekdays = required(values, CronField.WEEKDAY);
        this.isEitherDay = days != CronField.DAY.all() && weekdays != CronField.WEEKDAY.all();
        this.isEveryHour = hours == CronField.HOUR.all();
    }

    private static long required(Map<CronField, Long> values, CronField field) {
        return Objects.requireNonNull(values.get(field));
    }

    /**
     * Of five fields ({@code minute hour day-of-month month day-of-week}) or a word such as {@code @daily}.
     *
     * @throws IllegalArgumentException with field, column and what is allowed, for each field; or because no day is ever meant
     */
    public static Cron parse(String text, ZoneId zone) {
        return CronReader.read(text, zone);
    }

    /** The expression as it was written. */
    public String text() {
        return text;
    }

    /** Whose clocks it is about. */
    public ZoneId zone() {
        return zone;
    }

    /** The first time after a moment. Takes microseconds, whatever the expression. */
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

    /** So many of the first times after a moment. */
    public List<Instant> next(Instant after, int count) {
        List<Instant> times = new ArrayList<>();
        Instant last = after;
        for (int i = 0; i < count; i++) {
            last = next(last);
            times.add(last);
        }
        return List.copyOf(times);
    }

    /** The next minute on the clock; behind those that come for the second time, if they do not count then. */
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

    // ---- what clocks show, whatever becomes of it

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

    /** The least value from here on; -1 if there is none. */
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

    /** The expression and the zone. */
    @Override
    public String toString() {
        return text + " (" + zone.getId() + ")";
    }
}
