package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;

/**
 * The deadline that a caller sets for its run, independent of the plan.
 *
 * @param atNanos the deadline, in the time of the run's loop
 * @param time the time that was left when the request arrived
 * @param from where the caller set it: the name of a header or of a field
 */
public record Deadline(long atNanos, Duration time, String from) {

    /** The time left; zero once the deadline has passed. */
    public Duration left(long nowNanos) {
        return Duration.ofNanos(Math.max(0, atNanos - nowNanos));
    }

    /** The error message for a passed deadline. */
    public String passed() {
        return "no answer within the " + Durations.human(time) + " that " + from + " gives";
    }

    /**
     * Checks that the deadline has not passed.
     *
     * @throws MusterException of type {@code timeout} if it has
     */
    public void check(long nowNanos) throws MusterException {
        if (atNanos - nowNanos <= 0) {
            throw new MusterException(ErrorType.TIMEOUT, passed());
        }
    }
}
