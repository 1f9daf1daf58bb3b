package dev.muster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a command: its streams, whether they are terminals, and the environment variables. The outputs are
 * unbuffered. They throw {@link ReaderGoneException} if their reader has left, and another {@code IOException} if they
 * cannot be written.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param outIsTerminal whether standard output is a terminal
 * @param errIsTerminal whether standard error is a terminal
 * @param env the environment variables by name; null for one that is not set
 */
public record ProcessIo(
        InputStream in,
        OutputStream out,
        OutputStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Function<String, @Nullable String> env) {

    /** The environment of this process. */
    public static ProcessIo ofProcess() {
        return new ProcessIo(
                StandardStreams.in(),
                StandardStreams.out(),
                StandardStreams.err(),
                Tty.isTerminal(1),
                Tty.isTerminal(2),
                ProcessText::variable);
    }

    /** Whether standard error is a terminal on which a picture can be redrawn. */
    boolean canRedraw() {
        return errIsTerminal && !"dumb".equals(env.apply("TERM"));
    }

    /** The failure of an output whose reader has left. */
    static final class ReaderGoneException extends IOException {
        private static final long serialVersionUID = 1;

        ReaderGoneException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
