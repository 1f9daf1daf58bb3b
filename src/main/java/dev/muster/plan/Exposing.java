package dev.muster.plan;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Suggest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The reader of {@code expose: GET /products/{id}}. */
final class Exposing {

    static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    static final String TEXT = "(" + String.join("|", METHODS) + ") (/\\S*)";
    private static final Pattern WRITTEN = Pattern.compile("(\\S+) +(/\\S*)");
    private static final Pattern SEGMENT =
            Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}|[A-Za-z0-9._~!$&'()*+,;=:@-]+");

    private Exposing() {}

    /**
     * The endpoint, or null if it is not valid; the problem is then noted. Variables are checked against {@code inputs}
     * unless that is null.
     */
    static Plan.@Nullable Expose read(Scalar scalar, @Nullable Set<String> inputs, Problems problems) {
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
        Position path = Literals.shifted(TemplateReader.textOf(scalar), written.start(2));
        return isPath(written.group(2), path, inputs, problems) ? new Plan.Expose(method, written.group(2)) : null;
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
                problems.add(Literals.shifted(at, column), wrong);
                fits = false;
            }
            column += segment.length() + 1;
        }
        return fits;
    }
}
