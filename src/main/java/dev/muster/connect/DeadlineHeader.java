package dev.muster.connect;

import dev.muster.json.Utf8;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The headers in which a deadline travels as the time that is left, each with a form of its own: Muster's, gRPC's
 * (<a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP/2, Timeout</a>) and Envoy's.
 *
 * <p>Every form is read whole or not at all. What is longer than {@link #MOST} is read as that, so that no time overflows.
 */
public enum DeadlineHeader {
    /** {@code Muster-Deadline: 300ms}, a duration as in plans. */
    MUSTER("Muster-Deadline", "a whole number with ms, s, m or h, such as 300ms") {
        @Override
        @Nullable
        Duration read(String text) {
            boolean isMillis = text.endsWith("ms");
            int digits = text.length() - (isMillis ? 2 : 1);
            long count = number(text, digits);
            if (count < 0) {
                return null;
            }
            return switch (text.charAt(text.length() - 1)) {
                case 's' -> isMillis ? Duration.ofMillis(count) : Duration.ofSeconds(count);
                case 'm' -> Duration.ofMinutes(count);
                case 'h' -> Duration.ofHours(count);
                default -> null;
            };
        }

        @Override
        public String write(Duration left) {
            return millis(left) + "ms";
        }
    },

    /** {@code grpc-timeout: 300m}: up to eight digits and a unit. */
    GRPC("grpc-timeout", "1 to 8 digits and one of H, M, S, m, u and n, such as 300m") {
        @Override
        @Nullable
        Duration read(String text) {
            int digits = text.length() - 1;
            long count = digits > MOST_GRPC_DIGITS ? -1 : number(text, digits);
            if (count < 0) {
                return null;
            }
            return switch (text.charAt(digits)) {
                case 'H' -> Duration.ofHours(count);
                case 'M' -> Duration.ofMinutes(count);
                case 'S' -> Duration.ofSeconds(count);
                case 'm' -> Duration.ofMillis(count);
                case 'u' -> Duration.ofNanos(count * 1_000);
                case 'n' -> Duration.ofNanos(count);
                default -> null;
            };
        }

        @Override
        public String write(Duration left) {
            long millis = millis(left);
            return millis <= MOST_GRPC_NUMBER ? millis + "m" : Math.min(left.toSeconds(), MOST_GRPC_NUMBER) + "S";
        }
    },

    /** {@code x-envoy-expected-rq-timeout-ms: 300}: whole milliseconds. */
    ENVOY("x-envoy-expected-rq-timeout-ms", "a whole number of milliseconds, such as 300") {
        @Override
        @Nullable
        Duration read(String text) {
            long count = number(text, text.length());
            return count < 0 ? null : Duration.ofMillis(count);
        }

        @Override
        public String write(Duration left) {
            return Long.toString(millis(left));
        }
    };

    /** All of them, in the order in which they are looked for. */
    public static final List<DeadlineHeader> ALL = List.of(values());

    /** Nothing waits longer: a year. */
    public static final Duration MOST = Duration.ofDays(365);

    private static final int MOST_GRPC_DIGITS = 8;
    private static final long MOST_GRPC_NUMBER = 99_999_999;

    /** More than a year in any unit, and far from an overflow in all of them. */
    private static final long MOST_NUMBER = 1_000_000_000_000L;

    private static final int MOST_QUOTED = 40;

    private final String header;
    private final String lowerCase;
    private final String form;

    DeadlineHeader(String header, String form) {
        this.header = header;
        this.lowerCase = header.toLowerCase(Locale.ROOT);
        this.form = form;
    }

    /** The header that has this name in any case, or {@link #MUSTER} for the form of all that are none of these. */
    public static DeadlineHeader formOf(String name) {
        for (DeadlineHeader known : ALL) {
            if (known.header.equalsIgnoreCase(name)) {
                return known;
            }
        }
        return MUSTER;
    }

    /** Its name, as it is documented. */
    public String header() {
        return header;
    }

    /** Its name in lower case, as it stands among the headers of a message. */
    public String lowerCase() {
        return lowerCase;
    }

    /**
     * The time that a value in this form says, {@link #MOST} at most.
     *
     * @param name of what says it, for the message: the header itself, mostly
     * @throws IllegalArgumentException if it is malformed, with the name and the form
     */
    public Duration parse(String text, String name) {
        Duration time = read(text);
        if (time == null) {
            throw new IllegalArgumentException(name + " must be " + form + ", not \""
                    + Utf8.beginning(text, MOST_QUOTED).replaceAll("\\p{Cntrl}", "?") + "\"");
        }
        return time.compareTo(MOST) > 0 ? MOST : time;
    }

    /** A time that is left, in whole milliseconds, rounded down but never to nothing. */
    public abstract String write(Duration left);

    abstract @Nullable Duration read(String text);

    /** The number that the first characters say in ASCII digits, {@link #MOST_NUMBER} at most, or -1. */
    private static long number(String text, int length) {
        if (length < 1) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            number = Math.min(MOST_NUMBER, number * 10 + digit - '0');
        }
        return number;
    }

    private static long millis(Duration left) {
        return Math.max(1, left.toMillis());
    }
}
