package dev.muster.connect.postgres;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Masks values in messages of Postgres in any language. Translations differ in their words and quotation marks, but with few
 * exceptions a value stands between quotation marks.
 */
final class PgMask {
    /** The quotation marks of the server's translations, each of which can open or close. */
    private static final String QUOTES = "\"»«„“”‹›「」『』";

    private static final String MASK = "…";
    private static final Pattern BYTES = Pattern.compile("0x\\p{XDigit}{2}(?: 0x\\p{XDigit}{2})*");

    private PgMask() {}

    /**
     * Masks the values in a message.
     *
     * @param code the SQLSTATE; messages of class 22 (data) always quote the wrong value
     * @param params values that are masked wherever they stand between quotation marks
     */
    static String masked(String message, String code, List<? extends @Nullable Object> params) {
        String shown = message;
        for (Object param : params) {
            if (param != null) {
                shown = without(shown, param.toString());
            }
        }
        return code.startsWith("22") ? withoutData(shown) : shown;
    }

    private static String without(String message, String value) {
        if (value.isEmpty()) {
            return message;
        }
        String shown = message;
        for (int at = shown.indexOf(value); at >= 0; at = shown.indexOf(value, at + MASK.length())) {
            if (isQuote(shown, before(shown, at)) && isQuote(shown, after(shown, at + value.length()))) {
                shown = shown.substring(0, at) + MASK + shown.substring(at + value.length());
            }
        }
        return shown;
    }

    /** Masks from the first quotation mark to the last, because a value can contain quotation marks. */
    private static String withoutData(String message) {
        int first = 0;
        while (first < message.length() && !isQuote(message, first)) {
            first++;
        }
        if (first == message.length()) {
            return withoutQuotes(message);
        }
        int last = message.length() - 1;
        while (!isQuote(message, last)) {
            last--;
        }
        String shown = message.substring(0, first + 1) + MASK;
        return first == last
                ? shown
                : shown + BYTES.matcher(message.substring(last)).replaceAll(MASK);
    }

    /** Masks after the colon. In some languages a few messages have no quotation marks around a value. */
    private static String withoutQuotes(String message) {
        int colon = message.indexOf(": ");
        String shown = colon < 0 ? message : message.substring(0, colon + 2) + MASK;
        return shown.chars().allMatch(c -> c < 128 || c == MASK.charAt(0)) ? shown : "a value does not fit";
    }

    private static boolean isQuote(String text, int at) {
        return at >= 0 && at < text.length() && QUOTES.indexOf(text.charAt(at)) >= 0;
    }

    private static int before(String text, int at) {
        int found = at - 1;
        while (found >= 0 && isBlank(text.charAt(found))) {
            found--;
        }
        return found;
    }

    private static int after(String text, int at) {
        int found = at;
        while (found < text.length() && isBlank(text.charAt(found))) {
            found++;
        }
        return found;
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
