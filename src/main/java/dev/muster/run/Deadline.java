package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;

/**
 * The moment until which a caller waits for its run, whatever the plan says.
 *
 * @param atNanos that moment, in the time of the run's loop
 * @param time how long it was when the request came
 * @param from where the caller said so: the name of a header, or of a word
 */
public record Deadline(long atNanos, Duration time, String from) {

    /** The time that is left; nothing once it has passed. */
    public Duration left(long nowNanos) {
        return Duration.ofNanos(Math.max(0, atNanos - nowNanos));
    }

    /** What is told when it has passed. */
    public String passed() {
        return "no answer within the " + Durations.human(time) + " that " + from + " gives";
    }

    /**
     * Checks that there is time left.
     *
     * @throws MusterException of type {@code timeout}
     */
    public void check(long nowNanos) throws MusterException {
        if (atNanos - nowNanos <= 0) {
            throw new MusterException(ErrorType.TIMEOUT, passed());
        }
    }
}
