package dev.muster.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job to be put. Immutable.
 *
 * @param body a JSON value
 * @param key what the job is about, for bounds by key, or null
 * @param unique while an unfinished job has this word, a put gives that one's id; or null
 * @param delay before it can be taken
 * @param priority from -1000 to 1000; the highest goes first
 */
public record PutJob(
        @Nullable Object body,
        @Nullable String key,
        @Nullable String unique,
        Duration delay,
        int priority) {

    /** A job with a body and nothing else. */
    public static PutJob of(@Nullable Object body) {
        return new PutJob(body, null, null, Duration.ZERO, 0);
    }

    /** The same with a key. */
    public PutJob withKey(String other) {
        return new PutJob(body, other, unique, delay, priority);
    }

    /** The same with a unique word. */
    public PutJob withUnique(String other) {
        return new PutJob(body, key, other, delay, priority);
    }

    /** The same with a delay. */
    public PutJob withDelay(Duration other) {
        return new PutJob(body, key, unique, other, priority);
    }

    /** The same with a priority. */
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
