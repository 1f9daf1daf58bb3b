package dev.muster.cli;

import dev.muster.config.Suggest;
import java.util.Set;

/** An error in the command line, with a message that says what to do. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the error with a message for people. */
    public UsageException(String message) {
        super(message);
    }

    /** The error for an unknown command, with a suggestion. */
    public static UsageException unknownCommand(String word, Set<String> names) {
        if (names.isEmpty()) {
            return new UsageException("unknown command \"" + word + "\"");
        }
        String last = word.substring(word.lastIndexOf(' ') + 1);
        return new UsageException("unknown command \"" + word + "\"" + Suggest.didYouMean(last, names) + "; there are "
                + String.join(", ", names));
    }
}
