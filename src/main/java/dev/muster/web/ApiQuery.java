package dev.muster.web;

import dev.muster.config.Suggest;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of an API request. Unknown and repeated names are errors, because a misspelled parameter would otherwise be
 * ignored silently. All problems are reported together. For one request; not thread-safe.
 */
final class ApiQuery {

    private static final String DETACH = "detach";

    private final BindingProblems problems = new BindingProblems();
    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Parses a query.
     *
     * @param query the raw query without the question mark, or null
     * @param known the names that the route takes
     */
    ApiQuery(@Nullable String query, List<String> known) {
        if (query == null) {
            return;
        }
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                read(pair, known);
            }
        }
    }

    private void read(String pair, List<String> known) {
        int equals = pair.indexOf('=');
        int end = equals < 0 ? pair.length() : equals;
        try {
            String name = PercentText.decode(pair, 0, end, true);
            if (!known.contains(name)) {
                problems.add(BindingProblems.shown(name) + " in the query is unknown" + known(name, known));
                return;
            }
            String value = equals < 0 ? "" : PercentText.decode(pair, end + 1, pair.length(), true);
            if (values.putIfAbsent(name, value) != null) {
                problems.add(BindingProblems.shown(name) + " occurs more than once in the query");
            }
        } catch (PercentText.MalformedException e) {
            problems.add("the query " + e.reason());
        }
    }

    private static String known(String name, List<String> known) {
        if (known.isEmpty()) {
            return "; no parameters are known here";
        }
        String near = Suggest.didYouMean(name, known);
        return near.isEmpty() ? "; there is " + String.join(", ", known) : near;
    }

    /**
     * Reads the parameter {@code name} and collects its problem if it has one.
     *
     * @param reader parses the text, which is null if the parameter is absent
     * @param otherwise the result if the parameter is invalid; never used, because {@link #check} fails then
     */
    <T> T value(String name, Function<@Nullable String, T> reader, T otherwise) {
        try {
            return reader.apply(values.get(name));
        } catch (MusterException e) {
            problems.add(e.detail());
            return otherwise;
        }
    }

    /** Reads an optional text parameter; null if it is absent or invalid. */
    @Nullable
    String text(String name, Function<@Nullable String, @Nullable String> reader) {
        try {
            return reader.apply(values.get(name));
        } catch (MusterException e) {
            problems.add(e.detail());
            return null;
        }
    }

    /** Parses a whole number; null if {@code text} is null. */
    static @Nullable Long whole(String name, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.matches("-?[0-9]{1,18}")) {
            throw new MusterException(ErrorType.BAD_INPUT, name + " must be a whole number");
        }
        return Long.valueOf(text);
    }

    /** Whether the run continues without its caller. */
    boolean isDetached() {
        return value(
                DETACH,
                text -> {
                    if (text == null || text.equals("false")) {
                        return false;
                    }
                    if (text.equals("true")) {
                        return true;
                    }
                    throw new MusterException(ErrorType.BAD_INPUT, "detach must be true or false");
                },
                false);
    }

    /**
     * Ends parsing.
     *
     * @throws MusterException of type {@code badInput} with all problems
     */
    void check() throws MusterException {
        problems.throwIfAny();
    }
}
