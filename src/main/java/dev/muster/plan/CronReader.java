package dev.muster.plan;

import dev.muster.config.Suggest;
import dev.muster.text.Utf8;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reader of cron expressions. Reports the errors of all fields at once. */
final class CronReader {

    private static final int MAX_CHARACTERS = 256;
    private static final Pattern WORD = Pattern.compile("[^ \t]+");
    private static final List<Field> FIELDS = List.of(Field.values());

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

    private static Map<Field, Long> fields(String text) {
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
        Map<Field, Long> values = new EnumMap<>(Field.class);
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
        requireDay(values, columns.get(FIELDS.indexOf(Field.DAY)));
        return values;
    }

    private static void requireDay(Map<Field, Long> values, int column) {
        long days = values.getOrDefault(Field.DAY, 0L);
        long months = values.getOrDefault(Field.MONTH, 0L);
        if (values.getOrDefault(Field.WEEKDAY, 0L) != Field.WEEKDAY.all()) {
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

    /** A field of a cron expression: its range, its names and its parser. */
    enum Field {
        MINUTE("minute", 0, 59, List.of()),
        HOUR("hour", 0, 23, List.of()),
        DAY("day of month", 1, 31, List.of()),
        MONTH(
                "month",
                1,
                12,
                List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
        WEEKDAY("day of week", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

        private static final int SUNDAY = 7;

        private final String label;
        private final int min;
        private final int max;
        private final List<String> names;

        Field(String label, int min, int max, List<String> names) {
            this.label = label;
            this.min = min;
            this.max = max;
            this.names = names;
        }

        /** All values of the field, as a bit set. */
        long all() {
            return bits(min, this == WEEKDAY ? SUNDAY - 1 : max, 1);
        }

        /**
         * The values that a text names, as a bit set; Sunday is 0.
         *
         * @param column the column in the expression at which the text begins, from 1
         * @throws IllegalArgumentException with field, column and allowed values
         */
        long read(String text, int column) {
            long values = 0;
            int at = column;
            for (String part : text.split(",", -1)) {
                values |= part(part, at);
                at += part.length() + 1;
            }
            return this == WEEKDAY ? (values | values >> SUNDAY) & all() : values;
        }

        private long part(String part, int column) {
            int slash = part.indexOf('/');
            String base = slash < 0 ? part : part.substring(0, slash);
            int dash = base.indexOf('-', 1);
            int step = slash < 0 ? 1 : step(part.substring(slash + 1), column + slash + 1);
            if (base.equals("*")) {
                return bits(min, this == WEEKDAY ? SUNDAY - 1 : max, step);
            }
            if (dash < 0) {
                int value = value(base, column);
                if (slash >= 0) {
                    throw wrong(
                            column,
                            "\"" + part + "\" has a step but no range; write " + base + "-" + top()
                                    + part.substring(slash));
                }
                return bits(value, value, 1);
            }
            int from = value(base.substring(0, dash), column);
            int to = value(base.substring(dash + 1), column + dash + 1);
            if (this == WEEKDAY && to == 0 && from > 0) {
                to = SUNDAY;
            }
            if (from > to) {
                throw wrong(
                        column,
                        "the range \"" + base + "\" goes backwards; write " + base.substring(0, dash) + "-" + top()
                                + "," + min + "-" + base.substring(dash + 1));
            }
            return bits(from, to, step);
        }

        private int top() {
            return this == WEEKDAY ? SUNDAY - 1 : max;
        }

        private int step(String text, int column) {
            int step = number(text);
            if (step < 1 || step > max) {
                throw wrong(column, "\"" + text + "\" is not a step from 1 to " + max);
            }
            return step;
        }

        private int value(String text, int column) {
            int named = names.indexOf(text.toLowerCase(Locale.ROOT));
            int value = named >= 0 ? named + min : number(text);
            if (value < min || value > max) {
                throw wrong(column, "\"" + text + "\" is not " + allowed());
            }
            return value;
        }

        private String allowed() {
            String numbers = "a number from " + min + " to " + max;
            if (names.isEmpty()) {
                return numbers;
            }
            return numbers + (this == WEEKDAY ? " (0 and 7 are Sunday)" : "") + " or a name from " + names.get(0)
                    + " to " + names.get(names.size() - 1);
        }

        private IllegalArgumentException wrong(int column, String message) {
            return new IllegalArgumentException(label + " (column " + column + "): " + message
                    + "; a field is *, values and ranges such as 1-5, with"
                    + " commas between them, and steps such as */2");
        }

        /** The number that a text of one to four digits holds; -1 for any other text. */
        private static int number(String text) {
            return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : -1;
        }

        private static long bits(int from, int to, int step) {
            long bits = 0;
            for (int value = from; value <= to; value += step) {
                bits |= 1L << value;
            }
            return bits;
        }
    }
}
