package dev.muster.app;

import dev.muster.dispatch.JobWords;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import dev.muster.plan.MusterException;
import dev.muster.queue.NewJob;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes jobs of what somebody gives: of bodies, or of whole jobs. What a job does not say itself is as it was given for all.
 *
 * @param isWhole whether what is given is {@code {body, key?, unique?, delay?, priority?}} and not a body
 * @param key of jobs that say none
 * @param unique of jobs that say none
 * @param byBody whether jobs that say none have a unique word made of their bodies
 * @param delay of jobs that say none
 * @param priority of jobs that say none
 */
record JobReading(
        boolean isWhole, @Nullable String key, @Nullable String unique, boolean byBody, Duration delay, int priority) {

    /** Of bodies, with nothing for all. */
    static final JobReading NOTHING = new JobReading(false, null, null, false, Duration.ZERO, 0);

    /** What a job is in a request beside its body and its words, at most. */
    private static final int WORDS_BYTES = 64;

    /** The most that a character is in UTF-8. */
    private static final int CHAR_BYTES = 3;

    private static final String STDIN = "stdin:";

    /**
     * The job of a line.
     *
     * @throws UsageException if it is none, with the place
     */
    JobLine job(long number, byte[] utf8, int length) {
        Object value;
        try {
            value = Json.parse(utf8, 0, length, JsonLimits.DEFAULT);
        } catch (JsonException e) {
            throw new UsageException(STDIN + number + ":" + e.column() + ": " + e.reason());
        }
        return job(number, STDIN + number, value, length);
    }

    /**
     * The job of a value.
     *
     * @param place where it is from
     * @param bytes how long it was as it was written
     * @throws UsageException if it is none, with the place
     */
    JobLine job(long number, String place, @Nullable Object value, int bytes) {
        try {
            NewJob job = isWhole ? whole(value) : of(Json.write(value));
            return new JobLine(number, job, bytes + WORDS_BYTES + length(job.key()) + length(job.unique()));
        } catch (MusterException | IllegalArgumentException e) {
            throw new UsageException(place + ": " + e.getMessage());
        }
    }

    private NewJob of(String body) {
        return new NewJob(body, key, unique == null && byBody ? digest(body) : unique, delay, priority);
    }

    private NewJob whole(@Nullable Object value) {
        NewJob given = JobWords.job(value);
        NewJob usual = of(given.body());
        Map<?, ?> said = (Map<?, ?>) Objects.requireNonNull(value);
        return new NewJob(
                given.body(),
                given.key() == null ? usual.key() : given.key(),
                given.unique() == null ? usual.unique() : given.unique(),
                said.containsKey("delay") ? given.delay() : usual.delay(),
                said.containsKey("priority") ? given.priority() : usual.priority());
    }

    private static int length(@Nullable String word) {
        return word == null ? 0 : CHAR_BYTES * word.length();
    }

    private static String digest(String body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
