package dev.muster.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job to put into a queue. Immutable.
 *
 * @param body a JSON value
 * @param key what the job is about, for limits by key; or null
 * @param unique a word that is unique among the unfinished jobs of the queue, or null. A put of a second job returns the id of
 *     the first.
 * @param delay time before the job can be taken
 * @param priority from -1000 to 1000; the highest is taken first
 */
public record PutJob(
        @Nullable Object body,
        @Nullable String key,
        @Nullable String unique,
        Duration delay,
        int priority) {

    /** A job with a body only. */
    public static PutJob of(@Nullable Object body) {
        return new PutJob(body, null, null, Duration.ZERO, 0);
    }

    /** Returns a copy with a key. */
    public PutJob withKey(String other) {
        return new PutJob(body, other, unique, delay, priority);
    }

    /** Returns a copy with a unique word. */
    public PutJob withUnique(String other) {
        return new PutJob(body, key, other, delay, priority);
    }

    /** Returns a copy with a delay. */
    public PutJob withDelay(Duration other) {
        return new PutJob(body, key, unique, other, priority);
    }

    /** Returns a copy with a priority. */
    public PutJob withPriority(int other) {
        return new PutJob(body, key, unique, delay, other);
    }

    Map<String, @Nullable Object> value() {
        var value = new LinkedHashMap<String, @Nullable Object>();
        value.put("body", body);
        if (key != null) {
            value.put("key", key);
        }
        if (unique != null) {
            value.put("unique", unique);
        }
        if (!delay.isZero()) {
            value.put("delay", JobMessages.duration(delay));
        }
        if (priority != 0) {
            value.put("priority", (long) priority);
        }
        return value;
    }
}
