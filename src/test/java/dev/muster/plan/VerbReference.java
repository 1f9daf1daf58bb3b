package dev.muster.plan;

import java.util.List;
import java.util.stream.Collectors;

/** The reference pages of verbs as Markdown, generated from their specifications. */
public final class VerbReference {

    private VerbReference() {}

    /** The page of a verb. Ends with a line feed. */
    public static String of(VerbSpec verb) {
        StringBuilder page = new StringBuilder();
        page.append("# `")
                .append(verb.verb())
                .append("`\n\n")
                .append(verb.about())
                .append("\n\n");
        page.append("Written `")
                .append(verb.verb())
                .append(": ")
                .append(verb.target())
                .append("`.");
        if (!verb.oneOf().isEmpty()) {
            page.append(" Exactly one of ").append(code(verb.oneOf())).append(" is needed.");
        }
        page.append('\n');
        words(page, verb.words());
        example(page, verb.example());
        return page.toString();
    }

    private static void words(StringBuilder page, List<Option> words) {
        if (words.isEmpty()) {
            return;
        }
        page.append("\n| word | takes | |\n|---|---|---|\n");
        for (Option word : words) {
            page.append("| `")
                    .append(word.name())
                    .append('`')
                    .append(word.required() ? " (needed)" : "")
                    .append(" | ")
                    .append(takes(word))
                    .append(" | ")
                    .append(word.about().replace("|", "\\|"))
                    .append(" |\n");
        }
    }

    private static void example(StringBuilder page, String example) {
        if (!example.isEmpty()) {
            page.append("\n```yaml\n").append(example.stripTrailing()).append("\n```\n");
        }
    }

    private static String takes(Option word) {
        return switch (word.type()) {
            case VALUE -> "any value; its `=` strings are computed";
            case VALUES -> "a map; its `=` strings are computed";
            case LIST -> "a list; its `=` strings are computed";
            case TEXT_VALUE -> "text or an expression";
            case TEXT -> "text, never computed";
            case URI -> "a URI template (RFC 6570) or an expression";
            case DURATION_VALUE -> "a duration or an expression";
            case DURATION -> "a duration such as `300ms`";
            case INTEGER -> "a whole number";
            case BOOLEAN -> "`true` or `false`";
            case ONE_OF -> "one of " + code(word.choices());
            case TEXTS -> "a text or number, or a list of them";
            case STEPS -> "a list of steps with " + code(word.choices());
        };
    }

    private static String code(List<String> words) {
        return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }
}
