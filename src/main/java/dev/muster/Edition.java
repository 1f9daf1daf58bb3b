package dev.muster;

import dev.muster.cli.Command;
import dev.muster.node.Embedding;
import java.util.List;
import java.util.function.Supplier;

/**
 * The edition of the jar: what it embeds, and its additional commands.
 *
 * @param isDev whether the word {@code dev} is permitted before a command
 * @param embedding the servers of embedded sources
 * @param commands creates the additional commands, such as a demo, anew for each call
 */
public record Edition(boolean isDev, Embedding embedding, Supplier<List<Command>> commands) {

    /** {@code target/muster.jar}: no embedded servers, no additional commands. */
    public static final Edition PRODUCTION = new Edition(false, Embedding.NONE, List::of);

    /** {@code target/muster-dev.jar}. */
    public static Edition dev(Embedding embedding, Supplier<List<Command>> commands) {
        return new Edition(true, embedding, commands);
    }
}
