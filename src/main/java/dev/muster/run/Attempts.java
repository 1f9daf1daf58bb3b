package dev.muster.run;

import dev.muster.loop.Nanos;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a step with {@code retry}: their number, and the errors of those that were followed by another attempt.
 * Immutable.
 *
 * <p>An attempt is one execution under the policy {@code retry}. A request that a client repeats on its own (a refused
 * HTTP/2 stream, a statement that the server must prepare again) belongs to the same attempt, because the server had not
 * executed it.
 *
 * @param count the number of attempts begun
 * @param errors the errors in order; the first {@value #MAX_ERRORS} of them
 */
public record Attempts(int count, List<Failed> errors) {

    /** The maximum number of errors kept; the first ones are kept. */
    public static final int MAX_ERRORS = 10;

    private static final int MAX_DETAIL = 500;

    /** A single attempt with no error so far. */
    static final Attempts FIRST = new Attempts(1, List.of());

    /** Copies the list. */
    public Attempts {
        errors = List.copyOf(errors);
    }

    /**
     * A failed attempt.
     *
     * @param type the type of its error
     * @param detail the detail of its error, truncated to {@value #MAX_DETAIL} characters
     * @param nanos its duration in nanoseconds
     */
    public record Failed(ErrorType type, String detail, long nanos) {

        static Failed of(MusterException error, long nanos) {
            String detail = error.detail();
            String kept = detail.length() > MAX_DETAIL ? Utf8.beginning(detail, MAX_DETAIL - 1) + "…" : detail;
            return new Failed(error.type(), kept, nanos);
        }

        private Map<String, Object> toValue() {
            var value = new LinkedHashMap<String, Object>();
            value.put("type", type.word());
            value.put("detail", detail);
            value.put("ms", Nanos.toMillis(nanos));
            return value;
        }
    }

    /** A copy that records the error of the last attempt, which another attempt will follow. */
    Attempts failed(MusterException error, long nanos) {
        if (errors.size() == MAX_ERRORS) {
            return this;
        }
        var more = new ArrayList<>(errors);
        more.add(Failed.of(error, nanos));
        return new Attempts(count, more);
    }

    /** A copy with one more attempt. */
    Attempts another() {
        return new Attempts(count + 1, errors);
    }

    /** Adds the fields {@code attempts} and {@code errors} to the JSON of a step; adds nothing if there was only one attempt (null). */
    public static void add(@Nullable Attempts attempts, Map<String, ? super Object> value) {
        if (attempts != null) {
            value.put("attempts", (long) attempts.count);
            value.put("errors", attempts.errors.stream().map(Failed::toValue).toList());
        }
    }

    /**
     * A copy of the last attempt's error with the fields of {@link #add}. Existing fields keep their values: a combined
     * error of a race keeps its list of errors.
     */
    static MusterException withAttempts(MusterException error, @Nullable Attempts attempts) {
        if (attempts == null) {
            return error;
        }
        var more = new LinkedHashMap<String, Object>();
        add(attempts, more);
        more.putAll(error.more());
        return new MusterException(error.type(), error.detail(), more, error);
    }

    /** The number of attempts for display: {@code 3 attempts}. */
    public String words() {
        return count + (count == 1 ? " attempt" : " attempts");
    }
}
