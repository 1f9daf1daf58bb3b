package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Cron#next} against somebody who looks at every minute. */
class CronOracleTest {

    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Cairo",
            "Asia/Kolkata",
            "America/Santiago");

    /** What an expression means, by the values of its fields. */
    private record Meaning(
            Set<Integer> minutes, Set<Integer> hours, Set<Integer> days, Set<Integer> months, Set<Integer> weekdays) {

        static Meaning random(Random random) {
            return new Meaning(
                    some(random, 0, 59, 0.3),
                    some(random, 0, 23, 0.4),
                    some(random, 1, 31, 0.6),
                    some(random, 1, 12, 0.7),
                    some(random, 0, 6, 0.6));
        }

        private static Set<Integer> some(Random random, int least, int most, double all) {
            if (random.nextDouble() < all) {
                return IntStream.rangeClosed(least, most).boxed().collect(Collectors.toCollection(TreeSet::new));
            }
            var values = new TreeSet<Integer>();
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                values.add(least + random.nextInt(most - least + 1));
            }
            return values;
        }

        String text() {
            return List.of(text(minutes, 60), text(hours, 24), text(days, 31), text(months, 12), text(weekdays, 7))
                    .stream()
                    .collect(Collectors.joining(" "));
        }

        private static String text(Set<Integer> values, int all) {
            return values.size() == all
                    ? "*"
                    : values.stream().map(String::valueOf).collect(Collectors.joining(","));
        }

        boolean isEver() {
            return weekdays.size() < 7
                    || months.stream()
                            .anyMatch(month -> days.iterator().next()
                                    <= LocalDateTime.of(2024, month, 1, 0, 0)
                                            .toLocalDate()
                                            .lengthOfMonth());
        }

        boolean shows(LocalDateTime clock) {
            boolean date = days.contains(clock.getDayOfMonth());
            boolean weekday = weekdays.contains(clock.getDayOfWeek().getValue() % 7);
            boolean day = days.size() < 31 && weekdays.size() < 7 ? date || weekday : date && weekday;
            return day
                    && minutes.contains(clock.getMinute())
                    && hours.contains(clock.getHour())
                    && months.contains(clock.getMonthValue());
        }

        boolean isAt(Instant minute, ZoneId zone) {
            LocalDateTime clock = LocalDateTime.ofInstant(minute, zone);
            boolean passesTime = hours.size() == 24;
            List<ZoneOffset> offsets = zone.getRules().getValidOffsets(clock);
            boolean isRepeated =
                    offsets.size() == 2 && zone.getRules().getOffset(minute).equals(offsets.get(1));
            return shows(clock) && (passesTime || !isRepeated) || !passesTime && isEndOfGap(minute, zone);
        }

        private boolean isEndOfGap(Instant minute, ZoneId zone) {
            ZoneOffsetTransition change = zone.getRules().nextTransition(minute.minusNanos(1));
            if (change == null || !change.getInstant().equals(minute) || !change.isGap()) {
                return false;
            }
            for (LocalDateTime left = change.getDateTimeBefore();
                    left.isBefore(change.getDateTimeAfter());
                    left = left.plusMinutes(1)) {
                if (shows(left)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void next_isWhatLookingAtEveryMinuteFinds() {
        int found = 0;
        for (long seed = 0; seed < 4_000; seed++) {
            var random = new Random(seed);
            Meaning meaning = Meaning.random(random);
            if (!meaning.isEver()) {
                continue;
            }
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Instant from = somewhere(random, zone);
            Cron cron = Cron.parse(meaning.text(), zone);
            Instant next = cron.next(from);
            // Not farther than three days: what lies behind is seen to be no time before it.
            Instant end = from.plus(Duration.ofDays(3));
            Instant expected = firstMinute(meaning, zone, from, end);
            String what = "seed " + seed + ": " + cron + " after " + from;
            if (expected == null) {
                assertThat(next).as(what).isAfterOrEqualTo(end);
                assertThat(meaning.isAt(next, zone)).as(what).isTrue();
            } else {
                found++;
                assertThat(next).as(what).isEqualTo(expected);
            }
        }
        assertThat(found).isGreaterThan(1_000);
    }

    @Test
    @Timeout(60)
    void next_ofRareDays_looksAtFewOfThem() {
        var random = new Random(7);
        Cron cron = Cron.parse("0 0 29 2 *", ZoneId.of("Europe/Berlin"));
        Instant last = Instant.EPOCH;
        for (int i = 0; i < 20_000; i++) {
            last = cron.next(Instant.ofEpochSecond(random.nextLong(4_000_000_000L)));
        }
        assertThat(last).isAfter(Instant.EPOCH);
    }

    /** Mostly in the day before clocks are changed. */
    private static Instant somewhere(Random random, ZoneId zone) {
        Instant any = Instant.parse("2010-01-01T00:00:00Z")
                .plusSeconds(random.nextLong(Duration.ofDays(14_000).toSeconds()));
        ZoneOffsetTransition change = zone.getRules().nextTransition(any);
        return change == null || random.nextInt(4) == 0
                ? any
                : change.getInstant().plusSeconds(random.nextLong(-90_000, 9_000));
    }

    private static Instant firstMinute(Meaning meaning, ZoneId zone, Instant after, Instant end) {
        Instant minute = Instant.ofEpochSecond(Math.floorDiv(after.getEpochSecond(), 60L) * 60 + 60);
        for (; minute.isBefore(end); minute = minute.plusSeconds(60)) {
            if (meaning.isAt(minute, zone)) {
                return minute;
            }
        }
        return null;
    }
}
