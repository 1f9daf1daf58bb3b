package dev.muster.connect;

import dev.muster.text.Utf8;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The headers that carry a deadline as the remaining time, each in its own format: Muster's, gRPC's
 * (<a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP/2, Timeout</a>) and Envoy's.
 *
 * <p>A value that does not match its format completely is malformed. A time above {@link #MAX} is read as {@code MAX}, so that no
 * duration overflows.
 */
public enum DeadlineHeader {
    /** {@code Muster-Deadline: 300ms}, a duration in the format of plans. */
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
            long count = digits > MAX_GRPC_DIGITS ? -1 : number(text, digits);
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
            return millis <= MAX_GRPC_NUMBER ? millis + "m" : Math.min(left.toSeconds(), MAX_GRPC_NUMBER) + "S";
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

    /** All headers, in the order in which a request is searched for them. */
    public static final List<DeadlineHeader> ALL = List.of(values());

    /** The longest time that is read: 365 days. */
    public static final Duration MAX = Duration.ofDays(365);

    private static final int MAX_GRPC_DIGITS = 8;
    private static final long MAX_GRPC_NUMBER = 99_999_999;

    /** The largest number that is read: more than a year in every unit but microseconds and nanoseconds, and no overflow in any. */
    private static final long MAX_NUMBER = 1_000_000_000_000L;

    private static final int MAX_QUOTED = 40;

    private final String header;
    private final String lowerCase;
    private final String form;

    DeadlineHeader(String header, String form) {
        this.header = header;
        this.lowerCase = header.toLowerCase(Locale.ROOT);
        this.form = form;
    }

    /** The header of this name, ignoring case, or {@link #MUSTER}, whose format applies to every other name. */
    public static DeadlineHeader formOf(String name) {
        for (DeadlineHeader known : ALL) {
            if (known.header.equalsIgnoreCase(name)) {
                return known;
            }
        }
        return MUSTER;
    }

    /** The header's name as it is documented. */
    public String header() {
        return header;
    }

    /** The header's name in lower case, for lookups in the headers of a message. */
    public String lowerCase() {
        return lowerCase;
    }

    /**
     * Parses a value of this header into a duration of at most {@link #MAX}.
     *
     * @param name the name to show in the error message, usually the header itself
     * @throws IllegalArgumentException if the value is malformed; the message has the name and the expected format
     */
    public Duration parse(String text, String name) {
        Duration time = read(text);
        if (time == null) {
            throw new IllegalArgumentException(name + " must be " + form + ", not \""
                    + Utf8.beginning(text, MAX_QUOTED).replaceAll("\\p{Cntrl}", "?") + "\"");
        }
        return time.compareTo(MAX) > 0 ? MAX : time;
    }

    /**
     * Formats the remaining time, rounded down to whole milliseconds, but at least 1 ms. gRPC uses seconds from 100,000,000 ms on,
     * because its numbers have eight digits.
     */
    public abstract String write(Duration left);

    abstract @Nullable Duration read(String text);

    /** The number in the first {@code length} characters, capped at {@link #MAX_NUMBER}; -1 unless all are ASCII digits. */
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
            number = Math.min(MAX_NUMBER, number * 10 + digit - '0');
        }
        return number;
    }

    private static long millis(Duration left) {
        return Math.max(1, left.toMillis());
    }
}
