package dev.muster.queue;

import dev.muster.json.Utf8;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job to be put.
 *
 * @param body JSON text; a queue bounds its length
 * @param key what it is about: a queue may bound how many jobs of one key are worked on at once, or start in a time
 * @param unique while a job with this word is unfinished, a put gives that one's id instead
 * @param delay before it can be taken, 0 to 365 days
 * @param priority the higher the sooner, from {@value #LEAST_PRIORITY} to {@value #MOST_PRIORITY}
 */
public record NewJob(
        String body, @Nullable String key, @Nullable String unique, Duration delay, int priority) {

    /** How many characters (code points) a key and a unique word have at most. */
    public static final int MOST_KEY_CHARS = 256;

    /** The least priority. */
    public static final int LEAST_PRIORITY = -1_000;

    /** The highest priority. */
    public static final int MOST_PRIORITY = 1_000;

    /** The longest delay. */
    public static final Duration LONGEST_DELAY = Duration.ofDays(365);

    /** @throws IllegalArgumentException if a part is out of its bounds; the message says which */
    public NewJob {
        word("key", key);
        word("unique", unique);
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be from 0s to 8760h (365 days)");
        }
        if (priority < LEAST_PRIORITY || priority > MOST_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority must be from " + LEAST_PRIORITY + " to " + MOST_PRIORITY + ", not " + priority);
        }
    }

    /** A job without key, delay and priority. */
    public static NewJob of(String body) {
        return new NewJob(body, null, null, Duration.ZERO, 0);
    }

    /** The same with a key. */
    public NewJob withKey(@Nullable String other) {
        return new NewJob(body, other, unique, delay, priority);
    }

    /** The same with a unique word. */
    public NewJob withUnique(@Nullable String other) {
        return new NewJob(body, key, other, delay, priority);
    }

    /** The same with a delay. */
    public NewJob withDelay(Duration other) {
        return new NewJob(body, key, unique, other, priority);
    }

    /** The same with a priority. */
    public NewJob withPriority(int other) {
        return new NewJob(body, key, unique, delay, other);
    }

    private static void word(String name, @Nullable String text) {
        if (text == null) {
            return;
        }
        if (text.isEmpty() || Utf8.characters(text) > MOST_KEY_CHARS || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    name + " must have 1 to " + MOST_KEY_CHARS + " characters, none of them U+0000");
        }
        if (Utf8.hasHalf(text)) {
            // Every store would make the same word of different halves.
            throw new IllegalArgumentException(name + " " + Utf8.HALF);
        }
    }
}
