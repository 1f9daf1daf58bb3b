package dev.muster.connect.http;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The error of a response with an unexpected status. */
final class UnexpectedStatus {

    private static final Logger LOG = LoggerFactory.getLogger(UnexpectedStatus.class);
    private static final int SHOWN_CHARACTERS = 200;
    private static final long LONGEST_SECONDS = Duration.ofDays(365).toSeconds();

    private UnexpectedStatus() {}

    static MusterException of(Answer answer, Expect expect, Instant now) {
        var more = new LinkedHashMap<String, Object>();
        more.put("status", (long) answer.status());
        OptionalLong after = retryAfterMillis(answer.headers().get("retry-after"), now);
        after.ifPresent(millis -> more.put("retryAfterMillis", millis));
        String detail = answer.request() + ": status " + answer.status() + ", expected " + expect;
        return new MusterException(ErrorType.BAD_RESPONSE, detail + body(answer), more, null);
    }

    /**
     * The beginning of the response's body, for the message. If the body could repeat a secret of the source, it is only
     * logged.
     */
    private static String body(Answer answer) {
        HttpRequest request = answer.request();
        String beginning = beginning(answer);
        if (beginning.isEmpty()) {
            return "";
        }
        if (request.settings().mayQuote()) {
            return ": " + beginning;
        }
        LOG.debug("{}: status {}: {}", request, answer.status(), beginning);
        return "; its body is not quoted, as this source sends secrets (" + UnexpectedStatus.class.getName()
                + " at debug logs it, or read it with as: response)";
    }

    private static String beginning(Answer answer) {
        // Four bytes a character at most, and some more for white space.
        int bytes = Math.min(answer.body().length, 8 * SHOWN_CHARACTERS);
        String text = new String(answer.body(), 0, bytes, StandardCharsets.UTF_8);
        return Printable.phrase(text, SHOWN_CHARACTERS);
    }

    /** Parses {@code Retry-After}: seconds or a date (RFC 9110, 10.2.3), at most a year. */
    private static OptionalLong retryAfterMillis(@Nullable String text, Instant now) {
        if (text == null) {
            return OptionalLong.empty();
        }
        String value = text.strip();
        if (!value.isEmpty() && value.length() < 18 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.of(1_000 * Math.min(Long.parseLong(value), LONGEST_SECONDS));
        }
        try {
            Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            long seconds = Math.min(Math.max(0, Duration.between(now, at).toSeconds()), LONGEST_SECONDS);
            return OptionalLong.of(1_000 * seconds);
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }
}
