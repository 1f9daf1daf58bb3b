package dev.muster.plan;

import dev.muster.config.Suggest;
import dev.muster.text.Utf8;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reader of cron expressions. Reports the errors of all fields at once. */
final class CronReader {

    private static final int MAX_CHARACTERS = 256;
    private static final Pattern WORD = Pattern.compile("[^ \t]+");
    private static final List<CronField> FIELDS = List.of(CronField.values());

    /** The greatest number of days that each month can have, from January. */
    private static final int[] LENGTHS = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    private static final Map<String, String> SHORT = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *");

    private CronReader() {}

    static Cron read(String text, ZoneId zone) {
        if (Utf8.characters(text) > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a cron expression has at most " + MAX_CHARACTERS + " characters, not " + Utf8.characters(text));
        }
        String trimmed = text.strip();
        if (trimmed.startsWith("@")) {
            String meant = SHORT.get(trimmed);
            if (meant == null) {
                throw new IllegalArgumentException("there is no \"" + trimmed + "\""
                        + Suggest.didYouMean(trimmed, SHORT.keySet()) + "; known are "
                        + String.join(", ", new TreeSet<>(SHORT.keySet())));
            }
            return new Cron(text, zone, fields(meant));
        }
        return new Cron(text, zone, fields(text));
    }

    private static Map<CronField, Long> fields(String text) {
        List<String> words = new ArrayList<>();
        List<Integer> columns = new ArrayList<>();
        for (Matcher word = WORD.matcher(text); word.find(); ) {
            words.add(word.group());
            columns.add(text.codePointCount(0, word.start()) + 1);
        }
        if (words.size() != FIELDS.size()) {
            throw new IllegalArgumentException(
                    "a cron expression has five fields (minute, hour, day of month, month, day of week), \"" + text
                            + "\" has " + words.size()
                            + (words.size() == FIELDS.size() + 1 ? "; seconds and years are not supported" : ""));
        }
        Map<CronField, Long> values = new EnumMap<>(CronField.class);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < FIELDS.size(); i++) {
            try {
                values.put(FIELDS.get(i), FIELDS.get(i).read(words.get(i), columns.get(i)));
            } catch (IllegalArgumentException e) {
                wrong.add(e.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; and ", wrong));
        }
        requireDay(values, columns.get(FIELDS.indexOf(CronField.DAY)));
        return values;
    }

    private static void requireDay(Map<CronField, Long> values, int column) {
        long days = values.getOrDefault(CronField.DAY, 0L);
        long months = values.getOrDefault(CronField.MONTH, 0L);
        if (values.getOrDefault(CronField.WEEKDAY, 0L) != CronField.WEEKDAY.all()) {
            return;
        }
        int longest = 0;
        for (int month = 1; month <= LENGTHS.length; month++) {
            if ((months & 1L << month) != 0) {
                longest = Math.max(longest, LENGTHS[month - 1]);
            }
        }
        int first = Long.numberOfTrailingZeros(days);
        if (first > longest) {
            throw new IllegalArgumentException("day of month (column " + column + "): there is never a day " + first
                    + " in the months named, which have at most " + longest + ", so the plan would never run");
        }
    }
}
