package dev.muster.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The value of a header such as {@code Accept} or {@code Accept-Encoding}: ranges with weights, in the order sent (RFC 9110, 12.4.2
 * and 12.5). Several header lines form one list; names are case-insensitive; malformed elements are ignored. Immutable.
 *
 * @param ranges the ranges, in lower case
 */
record Preferences(List<Range> ranges) {

    /** The maximum number of ranges of one request; further ones are ignored. */
    private static final int MAX_RANGES = 100;

    /**
     * One element of the list.
     *
     * @param name a media type or coding in lower case, without parameters; {@code *} in it matches any
     * @param weight from 0, "not acceptable", to 1000
     */
    record Range(String name, int weight) {}

    static Preferences of(List<String> lines) {
        List<Range> ranges = new ArrayList<>();
        for (String line : lines) {
            for (String element : split(line, ',')) {
                if (ranges.size() < MAX_RANGES) {
                    add(ranges, element);
                }
            }
        }
        return new Preferences(List.copyOf(ranges));
    }

    private static void add(List<Range> ranges, String element) {
        List<String> parts = split(element, ';');
        String name = parts.get(0).strip().toLowerCase(Locale.ROOT);
        int weight = 1000;
        for (String parameter : parts.subList(1, parts.size())) {
            String text = parameter.strip();
            if (text.regionMatches(true, 0, "q=", 0, 2)) {
                weight = weight(text.substring(2));
                break;
            }
        }
        if (!name.isEmpty() && weight >= 0) {
            ranges.add(new Range(name, weight));
        }
    }

    /** Parses a weight in thousandths; -1 if it is malformed. */
    private static int weight(String text) {
        if (!text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?")) {
            return -1;
        }
        String digits = text.length() < 3 ? "" : text.substring(2);
        return Integer.parseInt(text.charAt(0) + (digits + "000").substring(0, 3));
    }

    /** Splits a text at a character that is not inside quotation marks. */
    private static List<String> split(String text, char at) {
        List<String> parts = new ArrayList<>();
        boolean isQuoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == '\\' && isQuoted) {
                i++;
            } else if (c == at && !isQuoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    int indexOf(String name) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The weight of the first of these names that is in the list, or {@code otherwise}. Pass the most specific name first. */
    int weight(int otherwise, String... names) {
        for (String name : names) {
            int index = indexOf(name);
            if (index >= 0) {
                return ranges.get(index).weight();
            }
        }
        return otherwise;
    }
}
