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
 * The query of a request to the API. What nobody knows or stands twice is refused, as a slip would else be a wish that silently
 * is none. All that is wrong is told at once. For one request.
 */
final class ApiQuery {

    private static final String DETACH = "detach";

    private final BindingProblems problems = new BindingProblems();
    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Reads a query.
     *
     * @param query as it was sent, without the question mark, or null
     * @param known the names that the address takes
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
                problems.add(BindingProblems.shown(name) + " stands more than once in the query");
            }
        } catch (PercentText.MalformedException e) {
            problems.add("the query " + e.reason());
        }
    }

    private static String known(String name, List<String> known) {
        if (known.isEmpty()) {
            return "; nothing is taken there";
        }
        String near = Suggest.didYouMean(name, known);
        return near.isEmpty() ? "; there is " + String.join(", ", known) : near;
    }

    /**
     * What a name says, once it is read; what is wrong with it is noted.
     *
     * @param reader is given the text, or null where the name does not stand
     * @param otherwise is given where it is wrong; nobody uses it, as {@link #check} fails then
     */
    <T> T value(String name, Function<@Nullable String, T> reader, T otherwise) {
        try {
            return reader.apply(values.get(name));
        } catch (MusterException e) {
            problems.add(e.detail());
            return otherwise;
        }
    }

    /** The same of a text that may be left out: null where it does not stand, or is wrong. */
    @Nullable
    String text(String name, Function<@Nullable String, @Nullable String> reader) {
        try {
            return reader.apply(values.get(name));
        } catch (MusterException e) {
            problems.add(e.detail());
            return null;
        }
    }

    /** A whole number, or null where it does not stand. */
    static @Nullable Long whole(String name, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.matches("-?[0-9]{1,18}")) {
            throw new MusterException(ErrorType.BAD_INPUT, name + " must be a whole number");
        }
        return Long.valueOf(text);
    }

    /** Whether the caller wants its run to go on without it. */
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
     * Ends the reading.
     *
     * @throws MusterException of type {@code badInput} with all that is wrong
     */
    void check() throws MusterException {
        if (!problems.isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, problems.sentence(), Map.of("problems", problems.list()), null);
        }
    }
}
