package dev.muster.queue;

import dev.muster.text.Utf8;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job to put into a queue.
 *
 * @param body JSON text; the queue limits its length
 * @param key what the job is about, or null. A queue can limit how many jobs of one key run at once or start in a period.
 * @param unique a word that is unique among the unfinished jobs of the queue, or null. A put of a second job returns the id of
 *     the first.
 * @param delay time before the job can be taken, from 0 to 365 days
 * @param priority from {@value #MIN_PRIORITY} to {@value #MAX_PRIORITY}; the highest is taken first
 */
public record NewJob(
        String body, @Nullable String key, @Nullable String unique, Duration delay, int priority) {

    /** The maximum length of a key and of a unique word, in code points. */
    public static final int MAX_KEY_CHARS = 256;

    /** The lowest priority. */
    public static final int MIN_PRIORITY = -1_000;

    /** The highest priority. */
    public static final int MAX_PRIORITY = 1_000;

    /** The longest delay. */
    public static final Duration LONGEST_DELAY = Duration.ofDays(365);

    /** @throws IllegalArgumentException if a component is out of range; the message names it */
    public NewJob {
        word("key", key);
        word("unique", unique);
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be from 0s to 8760h (365 days)");
        }
        if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority must be from " + MIN_PRIORITY + " to " + MAX_PRIORITY + ", not " + priority);
        }
    }

    /** A job with a body only. */
    public static NewJob of(String body) {
        return new NewJob(body, null, null, Duration.ZERO, 0);
    }

    /** Returns a copy with a key. */
    public NewJob withKey(@Nullable String other) {
        return new NewJob(body, other, unique, delay, priority);
    }

    /** Returns a copy with a unique word. */
    public NewJob withUnique(@Nullable String other) {
        return new NewJob(body, key, other, delay, priority);
    }

    /** Returns a copy with a delay. */
    public NewJob withDelay(Duration other) {
        return new NewJob(body, key, unique, other, priority);
    }

    /** Returns a copy with a priority. */
    public NewJob withPriority(int other) {
        return new NewJob(body, key, unique, delay, other);
    }

    private static void word(String name, @Nullable String text) {
        if (text == null) {
            return;
        }
        if (text.isEmpty() || Utf8.characters(text) > MAX_KEY_CHARS || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    name + " must have 1 to " + MAX_KEY_CHARS + " characters, none of them U+0000");
        }
        if (Utf8.hasHalf(text)) {
            // Stores write every unpaired surrogate as the same character, which makes different words equal.
            throw new IllegalArgumentException(name + " " + Utf8.HALF);
        }
    }
}
