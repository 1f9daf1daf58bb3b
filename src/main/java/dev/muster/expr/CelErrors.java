package dev.muster.expr;

import dev.cel.common.CelErrorCode;
import dev.cel.common.exceptions.CelRuntimeException;
import dev.cel.runtime.CelEvaluationException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The evaluation errors of one source: translates CEL's errors into Muster's kinds, positions and messages. */
final class CelErrors {

    private static final Pattern LOCATED = Pattern.compile("(?s)evaluation error at [^:]*:(\\d+): (.*)");
    private static final Pattern KEY = Pattern.compile("(?s)key '(.*)' is not present in map\\.?");
    private static final Pattern FIELD = Pattern.compile("(?s)Error resolving field '(.*)'\\. .*");
    private static final Pattern INDEX = Pattern.compile("(?s)Index out of bounds: (.*)");
    private static final Pattern OVERLOAD = Pattern.compile("(?s)No matching overload for function '([^']*)'.*");
    private static final Pattern NOT_BOOLEAN = Pattern.compile("(?s)expected boolean value, found.*");

    private static final Pattern EXTENSION = Pattern.compile("(?s)(?:evaluation error: )?(\\w+) failure: (.*)");
    private static final Pattern FAILED = Pattern.compile("(?s)Function '[^']*' failed with arg\\(s\\) .*");

    private final String source;
    private final Map<String, Integer> onlyCalls;
    private final ExpressionLimits limits;

    CelErrors(String source, Map<String, Integer> onlyCalls, ExpressionLimits limits) {
        this.source = source;
        this.onlyCalls = onlyCalls;
        this.limits = limits;
    }

    /** Translates an error. The cause is dropped, since its text can contain values. */
    ExpressionException translate(CelEvaluationException error) {
        Matcher located = LOCATED.matcher(String.valueOf(error.getMessage()));
        boolean found = located.matches();
        Place place = found ? Place.ofCodePoint(source, Integer.parseInt(located.group(1))) : Place.START;
        Failure ours = ours(error);
        ExpressionProblem problem = ours != null
                ? place.problem(ours.kind(), ours.text())
                : describe(place, error.getErrorCode(), found ? located.group(2) : reason(error));
        return new ExpressionException(problem);
    }

    private static @Nullable Failure ours(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure failure) {
                return failure;
            }
        }
        return null;
    }

    private static String reason(Throwable error) {
        Throwable cause = error.getCause() instanceof CelRuntimeException ? error.getCause() : error;
        return String.valueOf(cause.getMessage());
    }

    private ExpressionProblem describe(Place place, CelErrorCode code, String text) {
        return switch (code) {
            case ATTRIBUTE_NOT_FOUND -> missing(place, text);
            case INDEX_OUT_OF_BOUNDS -> {
                Matcher index = INDEX.matcher(text);
                yield place.problem(
                        ExpressionProblem.Kind.MISSING_INDEX,
                        index.matches() ? ExpressionProblem.missingIndex(index.group(1)) : text);
            }
            case OVERLOAD_NOT_FOUND, AMBIGUOUS_OVERLOAD -> place.problem(ExpressionProblem.Kind.TYPE, overload(text));
            case DIVIDE_BY_ZERO -> place.problem(ExpressionProblem.Kind.ARITHMETIC, "division by zero");
            case NUMERIC_OVERFLOW ->
                place.problem(
                        ExpressionProblem.Kind.ARITHMETIC,
                        "the whole number exceeds 64 bits; double(x) calculates with decimals");
            case ITERATION_BUDGET_EXCEEDED ->
                place.problem(
                        ExpressionProblem.Kind.ITERATIONS,
                        "the loops take more than " + limits.iterations()
                                + " steps, the limit of server.limits.iterations; use each: over large lists");
            case BAD_FORMAT, DUPLICATE_ATTRIBUTE ->
                place.problem(ExpressionProblem.Kind.BAD_VALUE, ExpressionProblem.brief(text));
            case INVALID_ARGUMENT ->
                NOT_BOOLEAN.matcher(text).matches()
                        ? place.problem(
                                ExpressionProblem.Kind.TYPE,
                                "a condition must be true or false, but this value is neither")
                        : place.problem(ExpressionProblem.Kind.BAD_VALUE, ExpressionProblem.brief(text));
            default -> internal(place, text);
        };
    }

    private static ExpressionProblem missing(Place place, String text) {
        Matcher key = KEY.matcher(text);
        if (key.matches()) {
            return place.problem(ExpressionProblem.Kind.MISSING_KEY, ExpressionProblem.missingKey(key.group(1)));
        }
        Matcher field = FIELD.matcher(text);
        // For x[key], CEL's text is only the key.
        return field.matches()
                ? place.problem(ExpressionProblem.Kind.TYPE, ExpressionProblem.noFields(field.group(1)))
                : place.problem(ExpressionProblem.Kind.MISSING_KEY, ExpressionProblem.missingKey(text));
    }

    private static String overload(String text) {
        Matcher overload = OVERLOAD.matcher(text);
        if (!overload.matches()) {
            return ExpressionProblem.brief(text);
        }
        String function = overload.group(1);
        if (function.equals("_[_]")) {
            return ExpressionProblem.noElements();
        }
        return CelDiagnostics.callable(function)
                + " does not take values of these types; int(x), double(x) and string(x)"
                + " convert, and almost no function accepts null";
    }

    /** CEL's text contains the arguments, which can be long or secret, so they are left out. */
    private ExpressionProblem internal(Place place, String text) {
        Matcher extension = EXTENSION.matcher(text);
        if (extension.matches()) {
            Integer offset = onlyCalls.get(extension.group(1));
            Place at = place == Place.START && offset != null ? Place.ofCodePoint(source, offset) : place;
            return at.problem(
                    ExpressionProblem.Kind.BAD_VALUE,
                    extension.group(1) + "(): " + ExpressionProblem.brief(extension.group(2)));
        }
        return place.problem(
                ExpressionProblem.Kind.TYPE,
                FAILED.matcher(text).matches()
                        ? "a value has a type that the function does not take"
                        : ExpressionProblem.brief(text));
    }
}
