package dev.muster.cli.queue;

import dev.muster.cli.UsageException;
import dev.muster.config.Durations;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Options and parameters shared by the queue subcommands, so that they look and mean the same everywhere. */
final class QueueOptions {

    private static final String NAME = "NAME";
    private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private QueueOptions() {}

    static PositionalParamSpec queue() {
        return PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .required(true)
                .paramLabel(NAME)
                .type(String.class)
                .description("The queue.")
                .build();
    }

    static PositionalParamSpec behind(String label, String about) {
        return PositionalParamSpec.builder()
                .index("1..*")
                .arity("0..*")
                .paramLabel(label)
                .type(String[].class)
                .description(about)
                .build();
    }

    /**
     * The name of the queue.
     *
     * @throws UsageException if the name is not valid for a queue
     */
    static String queueOf(ParseResult parsed) {
        String name = parsed.matchedPositionalValue(0, "");
        if (!QUEUE.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new UsageException("\"" + name
                    + "\" is not a queue name, which has 1 to 100 letters, digits, dots, underscores and hyphens");
        }
        return name;
    }

    /** The name of the queue; null for a command without one. */
    static @Nullable String queueIfAny(ParseResult parsed) {
        return parsed.matchedPositionalValue(0, null);
    }

    static List<String> behindOf(ParseResult parsed) {
        return List.of(parsed.matchedPositionalValue(1, new String[0]));
    }

    /**
     * The job ids after the queue.
     *
     * @throws UsageException if a parameter is not an id
     */
    static List<String> idsOf(ParseResult parsed) {
        List<String> ids = behindOf(parsed);
        ids.stream().filter(id -> !ID.matcher(id).matches()).findFirst().ifPresent(id -> {
            throw new UsageException("\"" + id + "\" is not a job id, which has decimal digits only");
        });
        return ids;
    }

    /**
     * The duration of an option.
     *
     * @param usual the value if the option is absent
     * @throws UsageException if the text is not a duration
     */
    static Duration duration(ParseResult parsed, String option, Duration usual) {
        String text = parsed.matchedOptionValue(option, null);
        try {
            return text == null ? usual : Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage());
        }
    }

    /**
     * The number of an option.
     *
     * @throws UsageException if the number is out of bounds
     */
    static int number(ParseResult parsed, String option, int usual, int least, int most) {
        int value = parsed.matchedOptionValue(option, usual);
        if (value < least || value > most) {
            throw new UsageException(option + " must be from " + least + " to " + most);
        }
        return value;
    }
}
