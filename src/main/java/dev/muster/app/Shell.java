package dev.muster.app;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a command: its streams, whether people look at them, and the environment. Nothing in it is buffered, and
 * its outputs throw {@link ReaderGoneException} when their reader has left, and another exception when they cannot be written.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param outIsTerminal whether a person reads standard output
 * @param errIsTerminal whether a person reads standard error
 * @param env the variables of the environment
 */
public record Shell(
        InputStream in,
        OutputStream out,
        OutputStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Function<String, @Nullable String> env) {

    /** The process's own. */
    public static Shell ofProcess() {
        return new Shell(
                StandardStreams.in(),
                StandardStreams.out(),
                StandardStreams.err(),
                Tty.isTerminal(1),
                Tty.isTerminal(2),
                ProcessText::variable);
    }
}
