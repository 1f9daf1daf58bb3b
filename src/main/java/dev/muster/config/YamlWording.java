package dev.muster.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The errors of the YAML parser as messages for people. */
final class YamlWording {
    /** A value, an item of a list or an argument that starts with {@code =}. */
    private static final Pattern EXPRESSION = Pattern.compile("(^|[:\\-\\[,{]\\s*)=");

    private static final Pattern CANNOT_START =
            Pattern.compile("found character '?(.)'?.* that cannot start any token.*");

    private static final Map<String, String> PLAIN = Map.of(
            "mapping values are not allowed here",
            "a `: ` is not allowed here; put a text that contains one in quotes, or check the indentation",
            "could not find expected ':'",
            "a `:` is missing after a key",
            "found unexpected end of stream",
            "unexpected end of the file; is a quote not closed?",
            "found undefined escape character",
            "an unknown escape in double quotes; in single quotes a backslash is itself");

    private YamlWording() {}

    static ProblemsException of(YamlEngineException error, String file, String text) {
        if (!(error instanceof MarkedYamlEngineException marked)) {
            return Yaml.problem(Position.start(file), "not YAML: " + oneLine(String.valueOf(error.getMessage())));
        }
        Optional<Mark> mark = marked.getProblemMark().or(marked::getContextMark);
        Position at = mark.map(found -> new Position(file, found.getLine() + 1, found.getColumn() + 1))
                .orElseGet(() -> Position.start(file));
        String message = plain(marked) + began(marked, at) + hint(marked, at, text);
        return Yaml.problem(at, message);
    }

    private static String plain(MarkedYamlEngineException error) {
        String problem = oneLine(String.valueOf(error.getProblem()));
        for (Map.Entry<String, String> entry : PLAIN.entrySet()) {
            if (problem.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        if (problem.startsWith("expected <block end>")) {
            return "this does not fit what precedes it; check the indentation and the quotes";
        }
        if (problem.startsWith("expected ',' or ']'")) {
            return "a `,` or `]` is missing";
        }
        if (problem.startsWith("expected ',' or '}'")) {
            return "a `,` or `}` is missing";
        }
        Matcher start = CANNOT_START.matcher(problem);
        if (problem.contains("TAB") || start.matches() && start.group(1).equals("\t")) {
            return "a tab is not allowed here; indent with spaces";
        }
        if (start.matches()) {
            return "a text cannot start with `" + start.group(1) + "`; put it in quotes";
        }
        String context = error.getContext() == null ? "" : oneLine(error.getContext()) + ": ";
        return "not YAML: " + context + problem.replace("<", "").replace(">", "");
    }

    private static String began(MarkedYamlEngineException error, Position at) {
        return error.getContextMark()
                .filter(mark -> mark.getLine() + 1 != at.line())
                .map(mark -> " (in the block that began at line " + (mark.getLine() + 1) + ")")
                .orElse("");
    }

    private static String hint(MarkedYamlEngineException error, Position at, String text) {
        String[] lines = text.split("\\R", at.line() + 1);
        boolean expression = holdsExpression(lines, at.line())
                || holdsExpression(lines, at.line() - 1)
                || error.getContextMark()
                        .filter(mark -> holdsExpression(lines, mark.getLine() + 1))
                        .isPresent();
        return expression
                ? "; an expression with `: ` or ` #` needs quotes, in flow style one with a comma or bracket too"
                : "";
    }

    private static boolean holdsExpression(String[] lines, int line) {
        return line >= 1
                && line <= lines.length
                && EXPRESSION.matcher(lines[line - 1].strip()).find();
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
