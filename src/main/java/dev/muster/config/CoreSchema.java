package dev.muster.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The value of an unquoted scalar by the core schema of YAML 1.2.2 (section 10.3.2). */
final class CoreSchema {
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern NOT_A_NUMBER = Pattern.compile("[-+]?(\\.inf|\\.Inf|\\.INF)|\\.nan|\\.NaN|\\.NAN");
    private static final int LONGEST_NUMBER = 1_000;
    private static final int LARGEST_EXPONENT = 10_000;

    private CoreSchema() {}

    /**
     * The value of a text: null, Boolean, Long, BigInteger, BigDecimal, String, or the Double -0.0.
     *
     * @throws IllegalArgumentException if it is a number outside the limits or without a JSON form
     */
    static @Nullable Object value(String text) {
        switch (text) {
            case "", "~", "null", "Null", "NULL":
                return null;
            case "true", "True", "TRUE":
                return true;
            case "false", "False", "FALSE":
                return false;
            default:
                return mayBeNumber(text.charAt(0)) ? number(text) : text;
        }
    }

    private static boolean mayBeNumber(char first) {
        return first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.';
    }

    private static Object number(String text) {
        if (NOT_A_NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " is not a number in JSON; for the text, put it in quotes");
        }
        boolean whole = WHOLE.matcher(text).matches();
        boolean octal = OCTAL.matcher(text).matches();
        boolean hexadecimal = HEXADECIMAL.matcher(text).matches();
        if (!whole && !octal && !hexadecimal && !DECIMAL.matcher(text).matches()) {
            return text;
        }
        if (text.length() > LONGEST_NUMBER) {
            throw new IllegalArgumentException("a number of more than " + LONGEST_NUMBER + " characters");
        }
        if (whole) {
            return fitted(new BigInteger(text));
        }
        if (octal || hexadecimal) {
            return fitted(new BigInteger(text.substring(2), octal ? 8 : 16));
        }
        // As in JSON: BigDecimal has no negative zero.
        return text.startsWith("-") && isZero(text) ? (Object) (-0.0) : decimal(text);
    }

    private static BigDecimal decimal(String text) {
        String reason = "a number with an exponent beyond " + LARGEST_EXPONENT + " is not read";
        try {
            BigDecimal value = new BigDecimal(text);
            if (Math.abs((long) value.precision() - value.scale() - 1) <= LARGEST_EXPONENT
                    && Math.abs((long) value.scale()) <= LARGEST_EXPONENT + LONGEST_NUMBER) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(reason, e);
        }
        throw new IllegalArgumentException(reason);
    }

    private static boolean isZero(String text) {
        return text.chars().takeWhile(c -> c != 'e' && c != 'E').allMatch(c -> c == '-' || c == '.' || c == '0');
    }

    private static Object fitted(BigInteger whole) {
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }
}
