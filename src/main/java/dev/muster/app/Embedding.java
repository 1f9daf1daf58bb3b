package dev.muster.app;

import dev.muster.config.SourceConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a source means by {@code embedded}: a server that lives and dies with this process.
 *
 * <p>A command asks {@link #kinds} when it reads the configuration, calls {@link #start} at most once, from a thread of
 * its own that may be blocked and is interrupted by a cancel, and then {@link #close} in every case.
 */
public interface Embedding extends AutoCloseable {

    /** Nothing embedded: what the production jar has. */
    Embedding NONE = new NoEmbedding();

    /** The kinds of sources that may say {@code embedded}, such as {@code postgres}. */
    Set<String> kinds();

    /**
     * Stands in for the address of a source while only checks are made: text that the kind's settings accept. Nothing is
     * started and nobody connects to it.
     */
    String placeholder(SourceConfig source);

    /**
     * Starts what these sources need, side by side, and waits until all are ready. Blocks.
     *
     * @param sources those that say {@code embedded}, at least one
     * @param progress takes a line for people, such as {@code "starting Postgres"}; from any thread
     * @return the address of each source by its name, as it would stand in {@code muster.yaml}
     * @throws dev.muster.plan.MusterException of type {@code unavailable} with what failed; nothing is left running then
     * @throws InterruptedException soon after its thread was interrupted; nothing is left running then
     */
    Map<String, String> start(List<SourceConfig> sources, Consumer<String> progress) throws InterruptedException;

    /** Stops what was started and waits for it, within bounds. Does nothing if nothing runs. */
    @Override
    void close();

    /** Ends the processes at once and waits for nothing: the way out after a second signal. From any thread. */
    void kill();
}
