package dev.muster.connect.mongo;

import dev.muster.text.Printable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** The parser of ISO 8601 text as MongoDB's times, in milliseconds since 1970. */
final class Times {
    private static final int DAY = "2026-01-31".length();

    private Times() {}

    /**
     * Parses a time with its zone, or a day, which means its midnight in UTC. Fractions of milliseconds are cut off.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    static long millis(String text) {
        try {
            return instant(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "$date takes a time with its zone such as 2026-01-31T12:00:00Z, or a day, not \""
                            + Printable.phrase(text, 40) + "\"",
                    e);
        }
    }

    private static Instant instant(String text) {
        if (text.length() == DAY) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        return text.endsWith("Z")
                ? Instant.parse(text)
                : OffsetDateTime.parse(text).toInstant();
    }
}
