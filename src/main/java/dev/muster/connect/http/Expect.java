package dev.muster.connect.http;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which statuses a step takes: {@code 2xx}, {@code 404}, or several.
 *
 * @param patterns three signs each, {@code x} for any digit
 */
record Expect(List<String> patterns) {

    /** Success. */
    static final Expect SUCCESS = new Expect(List.of("2xx"));

    private static final Pattern WRITTEN = Pattern.compile("[1-5](xx|[0-9]x|[0-9]{2})");

    static boolean isWritten(String pattern) {
        return WRITTEN.matcher(pattern).matches();
    }

    boolean accepts(int status) {
        String text = Integer.toString(status);
        for (String pattern : patterns) {
            if (matches(pattern, text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String status) {
        if (status.length() != 3) {
            return false;
        }
        for (int i = 0; i < 3; i++) {
            if (pattern.charAt(i) != 'x' && pattern.charAt(i) != status.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return String.join(", ", patterns);
    }
}
