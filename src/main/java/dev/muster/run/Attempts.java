package dev.muster.run;

import dev.muster.json.Utf8;
import dev.muster.loop.Nanos;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often a step with {@code retry} was tried, and why the attempts failed that were followed by another one. Immutable.
 *
 * <p>An attempt is one of the policy {@code retry}. What a client repeats by itself counts as one with the request that it
 * repeats, as the server had done nothing of it: a refused stream, a statement that the server has to prepare anew.
 *
 * @param count the attempts that have begun
 * @param errors why they failed, in their order; the first {@value #MOST} of them
 */
public record Attempts(int count, List<Failed> errors) {

    /** So many errors are kept, the first ones. */
    public static final int MOST = 10;

    private static final int MOST_DETAIL = 500;

    /** One attempt, of which nothing is known yet. */
    static final Attempts FIRST = new Attempts(1, List.of());

    /** Keeps a list of its own. */
    public Attempts {
        errors = List.copyOf(errors);
    }

    /**
     * An attempt that failed.
     *
     * @param type of its error
     * @param detail of its error, at most {@value #MOST_DETAIL} characters of it
     * @param nanos how long it took
     */
    public record Failed(ErrorType type, String detail, long nanos) {

        static Failed of(MusterException error, long nanos) {
            String detail = error.detail();
            String kept = detail.length() > MOST_DETAIL ? Utf8.beginning(detail, MOST_DETAIL - 1) + "…" : detail;
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

    /** These, of which the last one has failed; another one is to follow. */
    Attempts failed(MusterException error, long nanos) {
        if (errors.size() == MOST) {
            return this;
        }
        var more = new ArrayList<>(errors);
        more.add(Failed.of(error, nanos));
        return new Attempts(count, more);
    }

    /** These and one more. */
    Attempts another() {
        return new Attempts(count + 1, errors);
    }

    /** Adds {@code attempts} and {@code errors} to what is said of the step; nothing where there was one attempt, null. */
    public static void add(@Nullable Attempts attempts, Map<String, ? super Object> value) {
        if (attempts != null) {
            value.put("attempts", (long) attempts.count);
            value.put("errors", attempts.errors.stream().map(Failed::toValue).toList());
        }
    }

    /** An error of the last attempt that also says this; the errors of a race stay in their place. */
    static MusterException told(MusterException error, @Nullable Attempts attempts) {
        if (attempts == null) {
            return error;
        }
        var more = new LinkedHashMap<String, Object>();
        add(attempts, more);
        more.putAll(error.more());
        return new MusterException(error.type(), error.detail(), more, error);
    }

    /** For people: {@code 3 attempts}. */
    public String words() {
        return count + (count == 1 ? " attempt" : " attempts");
    }
}
