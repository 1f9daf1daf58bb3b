package dev.muster.connect.http;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The statuses that a step accepts: {@code 2xx}, {@code 404}, or several.
 *
 * @param patterns patterns of three characters, {@code x} for any digit
 */
record Expect(List<String> patterns) {

    /** Every status of success. */
    static final Expect SUCCESS = new Expect(List.of("2xx"));

    private static final Pattern WRITTEN = Pattern.compile("[1-5](xx|[0-9]x|[0-9]{2})");

    static boolean isWritten(String pattern) {
        return WRITTEN.matcher(pattern).matches();
    }

    boolean accepts(int status) {
        for (int i = 0; i < patterns.size(); i++) {
            if (matches(patterns.get(i), status)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, int status) {
        return matches(pattern.charAt(0), status / 100)
                && matches(pattern.charAt(1), status / 10 % 10)
                && matches(pattern.charAt(2), status % 10);
    }

    private static boolean matches(char sign, int digit) {
        return sign == 'x' || sign - '0' == digit;
    }

    @Override
    public String toString() {
        return String.join(", ", patterns);
    }
}
