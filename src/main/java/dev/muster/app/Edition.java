package dev.muster.app;

import java.util.List;
import java.util.function.Supplier;

/**
 * Which of the two jars this is: what it embeds, and the commands that only it has.
 *
 * @param isDev whether the word {@code dev} may stand before a command
 * @param embedding what sources mean by {@code embedded}
 * @param commands makes the further commands of one call, such as a demo
 */
public record Edition(boolean isDev, Embedding embedding, Supplier<List<Command>> commands) {

    /** {@code target/muster.jar}: nothing embedded, no further commands. */
    public static final Edition PRODUCTION = new Edition(false, Embedding.NONE, List::of);

    /** {@code target/muster-dev.jar}. */
    public static Edition dev(Embedding embedding, Supplier<List<Command>> commands) {
        return new Edition(true, embedding, commands);
    }
}
