package dev.muster.cli.queue;

import dev.muster.cli.UsageException;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import dev.muster.plan.MusterException;
import dev.muster.queue.NewJob;
import dev.muster.service.JobJsonReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Converts input values to jobs: either bodies or whole jobs. Fields that a job does not set have the defaults given
 * here.
 *
 * @param isWhole whether a value is a whole job, {@code {body, key?, unique?, delay?, priority?}}, instead of a body
 * @param key the default key
 * @param unique the default unique word
 * @param byBody whether the default unique word is a digest of the body
 * @param delay the default delay
 * @param priority the default priority
 */
record JobReading(
        boolean isWhole, @Nullable String key, @Nullable String unique, boolean byBody, Duration delay, int priority) {

    /** Reads bodies without any defaults. */
    static final JobReading NOTHING = new JobReading(false, null, null, false, Duration.ZERO, 0);

    /** The maximum size of a job in a request beyond its body and its words. */
    private static final int WORDS_BYTES = 64;

    /** The maximum size in UTF-8 of a Java {@code char}. */
    private static final int CHAR_BYTES = 3;

    private static final String STDIN = "stdin:";

    /**
     * Reads the job of a line.
     *
     * @throws UsageException with the position if the line is not a job
     */
    JobLines.Line job(long number, byte[] utf8, int length) {
        Object value;
        try {
            value = Json.parse(utf8, 0, length, JsonLimits.DEFAULT);
        } catch (JsonException e) {
            throw new UsageException(STDIN + number + ":" + e.column() + ": " + e.reason());
        }
        return job(number, STDIN + number, value, length);
    }

    /**
     * Reads the job of a JSON value.
     *
     * @param place the origin of the value, for errors
     * @param bytes the length of the value as JSON, in UTF-8
     * @throws UsageException with the place if the value is not a job
     */
    JobLines.Line job(long number, String place, @Nullable Object value, int bytes) {
        try {
            NewJob job = isWhole ? whole(value) : of(Json.write(value));
            return new JobLines.Line(number, job, bytes + WORDS_BYTES + length(job.key()) + length(job.unique()));
        } catch (MusterException | IllegalArgumentException e) {
            throw new UsageException(place + ": " + e.getMessage());
        }
    }

    private NewJob of(String body) {
        return new NewJob(body, key, unique == null && byBody ? digest(body) : unique, delay, priority);
    }

    private NewJob whole(@Nullable Object value) {
        NewJob given = JobJsonReader.job(value);
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
