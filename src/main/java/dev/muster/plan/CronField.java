package dev.muster.plan;

import java.util.List;
import java.util.Locale;

/** A field of a cron expression: its range, its names and its parser. */
enum CronField {
    MINUTE("minute", 0, 59, List.of()),
    HOUR("hour", 0, 23, List.of()),
    DAY("day of month", 1, 31, List.of()),
    MONTH("month", 1, 12, List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    WEEKDAY("day of week", 0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

    private static final int SUNDAY = 7;

    private final String label;
    private final int least;
    private final int most;
    private final List<String> names;

    CronField(String label, int least, int most, List<String> names) {
        this.label = label;
        this.least = least;
        this.most = most;
        this.names = names;
    }

    /** The field's name for messages. */
    String label() {
        return label;
    }

    /** All values of the field, as a bit set. */
    long all() {
        return bits(least, this == WEEKDAY ? SUNDAY - 1 : most, 1);
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
            return bits(least, this == WEEKDAY ? SUNDAY - 1 : most, step);
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
                    "the range \"" + base + "\" goes backwards; write " + base.substring(0, dash) + "-" + top() + ","
                            + least + "-" + base.substring(dash + 1));
        }
        return bits(from, to, step);
    }

    private int top() {
        return this == WEEKDAY ? SUNDAY - 1 : most;
    }

    private int step(String text, int column) {
        int step = number(text);
        if (step < 1 || step > most) {
            throw wrong(column, "\"" + text + "\" is not a step from 1 to " + most);
        }
        return step;
    }

    private int value(String text, int column) {
        int named = names.indexOf(text.toLowerCase(Locale.ROOT));
        int value = named >= 0 ? named + least : number(text);
        if (value < least || value > most) {
            throw wrong(column, "\"" + text + "\" is not " + allowed());
        }
        return value;
    }

    private String allowed() {
        String numbers = "a number from " + least + " to " + most;
        if (names.isEmpty()) {
            return numbers;
        }
        return numbers + (this == WEEKDAY ? " (0 and 7 are Sunday)" : "") + " or a name from " + names.get(0) + " to "
                + names.get(names.size() - 1);
    }

    private IllegalArgumentException wrong(int column, String message) {
        return new IllegalArgumentException(
                label + " (column " + column + "): " + message + "; a field is *, values and ranges such as 1-5, with"
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
