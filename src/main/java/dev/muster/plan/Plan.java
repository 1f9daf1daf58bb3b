package dev.muster.plan;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Suggest;
import dev.muster.expr.Type;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A checked plan. Immutable, and safe on any thread.
 *
 * @param name the name under {@code plan}
 * @param at where the plan begins in its file
 * @param input the input
 * @param expose the HTTP endpoint, or null
 * @param isPublic whether the endpoint needs no authentication
 * @param adhoc whether ad-hoc plans may run this plan
 * @param trigger what starts runs without a caller, or null
 * @param timeout the time-out of a run, or null for the default
 * @param inOrder whether the steps were written as a list and run one after another
 * @param steps the steps
 * @param streamed the names of the steps whose items are streamed to the caller one by one
 * @param output the result of a run, or null for the map of all results
 */
public record Plan(
        String name,
        Position at,
        Input input,
        @Nullable Expose expose,
        boolean isPublic,
        boolean adhoc,
        @Nullable Trigger trigger,
        @Nullable Duration timeout,
        boolean inOrder,
        List<Step> steps,
        Set<String> streamed,
        @Nullable Template output) {

    /**
     * The HTTP endpoint of a plan.
     *
     * @param method the HTTP method, in upper case
     * @param path the path, with {@code {name}} for an input
     */
    public record Expose(String method, String path) {
        static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
        private static final Pattern WRITTEN = Pattern.compile("(\\S+) +(/\\S*)");
        private static final Pattern SEGMENT =
                Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}|[A-Za-z0-9._~!$&'()*+,;=:@-]+");

        /**
         * Reads {@code expose: GET /products/{id}}. Null if it is not valid; the problem is then noted. Variables are
         * checked against {@code inputs} unless that is null.
         */
        static @Nullable Expose read(Scalar scalar, @Nullable Set<String> inputs, Problems problems) {
            Matcher written = WRITTEN.matcher(scalar.text());
            if (!written.matches()) {
                problems.add(scalar.at(), "expose must be a method and a path, such as GET /products/{id}");
                return null;
            }
            String method = written.group(1);
            if (!METHODS.contains(method)) {
                problems.add(
                        scalar.at(),
                        "expose: \"" + method + "\" is not one of " + String.join(", ", METHODS)
                                + Suggest.didYouMean(method, METHODS));
                return null;
            }
            Position path = TemplateReader.textOf(scalar).shifted(written.start(2));
            return isPath(written.group(2), path, inputs, problems) ? new Expose(method, written.group(2)) : null;
        }

        private static boolean isPath(String path, Position at, @Nullable Set<String> inputs, Problems problems) {
            boolean fits = true;
            Set<String> seen = new HashSet<>();
            int column = 1;
            for (String segment :
                    path.equals("/") ? new String[0] : path.substring(1).split("/", -1)) {
                Matcher matcher = SEGMENT.matcher(segment);
                String variable = matcher.matches() ? matcher.group(1) : null;
                String wrong = null;
                if (!matcher.matches()) {
                    wrong = "expose: the path's part \"" + segment + "\" must be text or one {name}";
                } else if (variable != null && inputs != null && !inputs.contains(variable)) {
                    wrong = "expose: {" + variable + "} is not an input of this plan"
                            + Suggest.didYouMean(variable, inputs);
                } else if (variable != null && !seen.add(variable)) {
                    wrong = "expose: {" + variable + "} occurs twice in the path";
                }
                if (wrong != null) {
                    problems.add(at.shifted(column), wrong);
                    fits = false;
                }
                column += segment.length() + 1;
            }
            return fits;
        }
    }

    /**
     * The input of a plan: checks values, reports all their problems, and gives expressions the input's type. Immutable, and
     * safe on any thread.
     */
    public interface Input {

        /** The type of the variable {@code input}. */
        Type type();

        /** The known names of the input's fields; empty if the type is open. */
        default Set<String> names() {
            return type() instanceof Type.Fields known ? known.fields().keySet() : Set.of();
        }

        /** The problems of an input, each with its path, for people. Empty if the input is valid. */
        List<String> problems(@Nullable Object input);

        /** The input as a JSON Schema, for the API description. */
        Map<String, Object> schema();
    }
}
