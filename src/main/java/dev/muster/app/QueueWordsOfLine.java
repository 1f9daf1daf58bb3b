package dev.muster.app;

import dev.muster.config.Durations;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Words that several commands behind {@code muster queue} share, so that they read and mean the same everywhere. */
final class QueueWordsOfLine {

    private static final String NAME = "NAME";
    private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private QueueWordsOfLine() {}

    /** The queue, as the first parameter. */
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

    /** What stands behind the queue. */
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
     * The queue that was named.
     *
     * @throws UsageException if it cannot be the name of one
     */
    static String queueOf(ParseResult given) {
        String name = given.matchedPositionalValue(0, "");
        if (!QUEUE.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new UsageException("\"" + name
                    + "\" is no queue's name, which has 1 to 100 letters, digits, dots, underscores and hyphens");
        }
        return name;
    }

    /** The queue that was named; null where the command names none. */
    static @Nullable String queueIfAny(ParseResult given) {
        return given.matchedPositionalValue(0, null);
    }

    /** What was given behind the queue. */
    static List<String> behindOf(ParseResult given) {
        return List.of(given.matchedPositionalValue(1, new String[0]));
    }

    /**
     * The ids that were given behind the queue.
     *
     * @throws UsageException if one is none
     */
    static List<String> idsOf(ParseResult given) {
        List<String> ids = behindOf(given);
        ids.stream().filter(id -> !ID.matcher(id).matches()).findFirst().ifPresent(id -> {
            throw new UsageException("\"" + id + "\" is no job's id, which is decimal digits");
        });
        return ids;
    }

    /**
     * The duration of an option.
     *
     * @param usual where it was not given
     * @throws UsageException if it is none
     */
    static Duration duration(ParseResult given, String option, Duration usual) {
        String text = given.matchedOptionValue(option, null);
        try {
            return text == null ? usual : Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage());
        }
    }

    /**
     * The number of an option.
     *
     * @throws UsageException if it is out of its bounds
     */
    static int number(ParseResult given, String option, int usual, int least, int most) {
        int value = given.matchedOptionValue(option, usual);
        if (value < least || value > most) {
            throw new UsageException(option + " must be from " + least + " to " + most);
        }
        return value;
    }
}
